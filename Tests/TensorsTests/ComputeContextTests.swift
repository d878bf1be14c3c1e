import Foundation
import Testing

@testable import Tensors

@Suite struct ComputeContextTests {
    /// Many short jobs from several threads, on one context and on contexts of their own.
    @Test(arguments: [true, false])
    func severalThreadsComputeAtOnce(_ shared: Bool) async {
        var random = Random(seed: 2)
        let weights = LinearWeights(outputs: 400, inputs: 300, weights: random.floats(400 * 300))
        let row = random.floats(300)
        let common = ComputeContext(threads: 3)
        let results = await withTaskGroup(of: [[Float]].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let context = shared ? common : ComputeContext(threads: 2)
                    let input = ActivationInput(columns: 300)
                    let result = Matrix(rows: 1, columns: 400)
                    return (0..<200).map { _ in
                        input.prepare(matrix([row]), rows: 1, using: context)
                        weights.multiply(input, rows: 0..<1, into: result, using: context)
                        return result.row(0)
                    }
                }
            }
            var all: [[Float]] = []
            for await part in group { all += part }
            return all
        }
        #expect(results.count == 800)
        #expect(Set(results).count == 1)
    }

    @Test func contextsComeAndGo() {
        for threads in [1, 2, 8, 3] {
            let context = ComputeContext(threads: threads)
            let values = Matrix(rows: 64, columns: 1000)
            Operations.add(values, rows: 64, to: values, using: context)
            #expect(context.threads == threads)
        }
    }

    @Test func theSetAskedForIsUsed() {
        for set in InstructionSet.available {
            #expect(ComputeContext(threads: 1, instructionSet: set).instructionSet == set)
        }
    }
}
