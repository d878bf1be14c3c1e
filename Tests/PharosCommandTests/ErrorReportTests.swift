import ArgumentParser
import CacheStorage
import FileAccess
import Pipelines
import SystemPackage
import Testing

@testable import PharosCommand

@Suite struct ErrorReportTests {
    @Test func theExitStatusesAreThoseThatScriptsRelyOn() {
        let expected: [PharosCommand.ExitStatus: Int32] = [
            .done: 0, .failed: 1, .someDocumentsFailed: 3, .storeMissing: 10, .locked: 11,
            .identityMismatch: 12,
            .integrity: 13, .usage: 64, .badInput: 65, .exhausted: 69, .tryAgain: 75, .badConfiguration: 78,
            .interrupted: 130, .terminated: 143,
        ]
        #expect(Set(expected.keys) == Set(PharosCommand.ExitStatus.allCases))
        for (status, number) in expected { #expect(status.rawValue == number) }
        #expect(PharosCommand.ExitStatus(signal: 2) == .interrupted)
        #expect(PharosCommand.ExitStatus(signal: 15) == .terminated)
        #expect(PharosCommand.ExitStatus(signal: Int32.max) == nil)
        #expect(
            PharosCommand.ExitStatus.table.split(separator: "\n").count == PharosCommand.ExitStatus.allCases
                .count + 1)
        #expect(PharosCommand.ExitStatus.table.contains(" 75  interrupted"))
    }

    @Test func everyProblemOfAPipelineFileIsALineOfItsOwn() throws {
        let problems = [
            PipelineProblem(file: "p.yaml", line: 2, column: 3, message: "unknown key 'ratoi'"),
            PipelineProblem(file: "p.yaml", line: 1, column: 1, message: "missing key 'name'"),
        ]
        let error = PipelinesError(file: "p.yaml", problems: problems)
        let output = BufferSink()
        let errors = BufferSink()
        #expect(ErrorReport.show(error, asJSON: false, output: output, errors: errors) == .badConfiguration)
        #expect(errors.text == "p.yaml:1:1: missing key 'name'\np.yaml:2:3: unknown key 'ratoi'\n")
        #expect(output.text.isEmpty)
        #expect(ErrorReport.show(error, asJSON: true, output: output, errors: errors) == .badConfiguration)
        #expect(
            output.text == """
                {"code":"bad-configuration","context":{"column":"1","line":"1","path":"p.yaml"},\
                "message":"missing key 'name'","schema":1,"type":"error"}
                {"code":"bad-configuration","context":{"column":"3","line":"2","path":"p.yaml"},\
                "message":"unknown key 'ratoi'","schema":1,"type":"error"}

                """)
    }

    @Test func contextThatTheMessageLacksIsShown() {
        let error = FileAccessError(.noSpace, "cannot write: No space left on device", path: "/data/x")
        let reports = ErrorReport.reports(of: error)
        #expect(reports.map(\.text) == ["pharos: cannot write: No space left on device (path: /data/x)"])
        #expect(reports.map(\.code) == ["file-no-space"])
        #expect(reports.map(\.status) == [.exhausted])
        func text(_ message: String, _ value: String) -> String {
            ErrorReport(code: "", message: message, context: ["line": value], status: .failed).text
        }
        #expect(text("at most 9223372036854775807", "7") == "pharos: at most 9223372036854775807 (line: 7)")
        #expect(text("a.yaml:7: no", "7") == "pharos: a.yaml:7: no")
    }

    @Test func everyKindOfStoreErrorHasItsStatus() {
        let expected: [CacheStorageError.Code: PharosCommand.ExitStatus] = [
            .noStore: .storeMissing, .missing: .integrity, .pruned: .identityMismatch,
            .unknown: .usage, .identity: .identityMismatch, .damaged: .integrity,
            .format: .integrity,
            .catalog: .integrity, .locked: .locked, .noSpace: .exhausted, .key: .usage, .value: .failed,
            .notPermitted: .failed, .inputOutput: .failed,
        ]
        #expect(Set(expected.keys) == Set(CacheStorageError.Code.allCases))
        for (code, status) in expected {
            #expect(ErrorReport.reports(of: CacheStorageError(code, "x")).map(\.status) == [status])
        }
    }

    @Test func errorsFromElsewhereHaveAStatusToo() {
        struct Odd: Error {}
        #expect(ErrorReport.reports(of: Odd()).map(\.status) == [.failed])
        #expect(ErrorReport.reports(of: CancellationError()).map(\.status) == [.tryAgain])
        #expect(ErrorReport.reports(of: ValidationError("two stores")).map(\.status) == [.usage])
        #expect(ErrorReport.reports(of: PipelinesError(.usage, "half a shard")).map(\.status) == [.usage])
    }
}
