import Testing

@testable import Tensors

@Suite struct MachinePeakTests {
    @Test func everyPeakIsMeasured() {
        for set in InstructionSet.available {
            let peak = MachinePeak(ComputeContext(threads: 1, instructionSet: set), seconds: 0.02)
            #expect(peak.operationsPerSecond.count == 3)
            #expect(peak.operationsPerSecond.values.allSatisfy { $0 > 1e8 })
            #expect(peak.bytesPerSecond > 1e8)
        }
    }

    @Test func theReportNamesKernels() {
        let report = KernelReport(ComputeContext(threads: 3, instructionSet: .scalar))
        #expect(report.instructionSet == .scalar && report.threads == 3)
        #expect(report.products.count == 3 && report.available.contains(.scalar))
        #expect(!report.blasCore.isEmpty && report.blasConfiguration.contains("OpenBLAS"))
    }
}
