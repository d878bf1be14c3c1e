import Testing

@testable import Documents

/// A record's layout says all that was put into it, in little memory.
@Suite struct RecordOperationsTests {
    @Test func operationsComeBackAsTheyWere() {
        let far = 5 << 40
        let origins: [TextBuilder.Origin] = [
            .linear(0), .linear(far), .scaled(7, text: 3, source: 2), .scaled(far, text: 1, source: 15),
            .block(3..<3), .block(far..<far + 9), .added,
        ]
        var operations = RecordOperations()
        for (at, origin) in origins.enumerated() {
            operations.appendText(
                count: at, origin: origin, line: at + 1, element: at * 3, preserved: at % 2 == 0)
            operations.appendEdge([.block, .alternatives], parent: at - 1, isStart: at % 2 == 1)
        }
        var seen: [String] = []
        for operation in operations { seen.append("\(operation)") }
        var wanted: [String] = []
        for (at, origin) in origins.enumerated() {
            let text = RecordOperations.Operation.text(
                count: at, origin: origin, line: at + 1, element: at * 3, preserved: at % 2 == 0)
            let edge = RecordOperations.Operation.edge(
                role: [.block, .alternatives], parent: at - 1, isStart: at % 2 == 1)
            wanted += ["\(text)", "\(edge)"]
        }
        #expect(seen == wanted)
    }

    /// An element with text: two edges and a stretch, which were once 64 bytes each.
    @Test func anElementTakesFortyBytes() {
        var operations = RecordOperations()
        for at in 0..<1000 {
            operations.appendEdge([], parent: at, isStart: true)
            operations.appendText(count: 5, origin: .linear(at * 20), line: at, element: at, preserved: false)
            operations.appendEdge([], parent: at, isStart: false)
        }
        #expect(operations.byteCount == 40_000)
        operations.removeAll()
        #expect(operations.byteCount == 0)
    }
}
