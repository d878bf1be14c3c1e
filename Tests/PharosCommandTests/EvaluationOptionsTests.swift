import ArgumentParser
import Evaluation
import Testing

@testable import PharosCommand

@Suite struct EvaluationOptionsTests {
    @Test func numbersAreListsAndGrids() {
        #expect(NumberList(argument: "1024,4096")?.values == [1024, 4096])
        #expect(NumberList(argument: "0-100/5,7")?.values == [0, 25, 50, 75, 100, 7])
        #expect(NumberList(argument: "8192-131072/10")?.values == EvaluationGrid.needleLengths)
        for text in ["", "a", "1,", "-3", "5-1/2", "1-9", "1-9/0", "99999999999999999999"] {
            #expect(NumberList(argument: text) == nil, "\(text)")
        }
        #expect(throws: (any Error).self) { try NumberList([200]).checked("--depths", in: 0...100) }
    }

    @Test func modesComeFromRatiosAndControls() throws {
        func modes(_ arguments: [String]) throws -> [ContextMode] {
            try EvaluationOptions.parse(arguments).modes()
        }
        #expect(try modes([]) == [.adaptive])
        #expect(
            try modes(["--ratio", "2,4,4,adaptive", "--against", "full"]) == [
                .ratio(2), .ratio(4), .adaptive, .full,
            ])
        #expect(
            try modes(["--ratio", "8", "--against", "last-window", "--against", "full"]) == [
                .ratio(8), .lastWindow, .full,
            ])
        for text in ["", "2,,4", "full", "-1", "two"] {
            #expect(throws: (any Error).self) { try modes(["--ratio=\(text)"]) }
        }
    }

    @Test func samplesArePositive() throws {
        #expect(try EvaluationOptions.parse([]).count(default: 7) == 7)
        #expect(throws: (any Error).self) {
            try EvaluationOptions.parse(["--limit", "0"]).count(default: 7)
        }
    }
}
