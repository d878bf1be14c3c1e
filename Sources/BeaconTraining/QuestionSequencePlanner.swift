import BeaconModel

/// Lays out a tokenized document with questions, or a document with a part repeated, as training sequences.
///
/// The document's full windows are computed once; every question then continues from the memory they leave, in a branch of
/// its own that starts with the document's unfinished last window. That is what answering from a stored cache
/// computes, and it lets many questions share one document.
public struct QuestionSequencePlanner: Sendable {
    /// How a document is compressed.
    public struct Compression: Sendable, Hashable {
        /// Ratio of each full window.
        public var ratios: [Int]
        /// Ratio of the open window; 0 = no beacons in it.
        public var openRatio: Int
        /// Windows after which the memory starts afresh, to be laid beside what came before; 0 = never.
        public var freshEvery: Int

        public init(ratios: [Int], openRatio: Int, freshEvery: Int = 0) {
            self.ratios = ratios
            self.openRatio = openRatio
            self.freshEvery = freshEvery
        }
    }

    public let windowSize: Int

    public init(windowSize: Int) { self.windowSize = windowSize }

    /// - Parameters:
    ///   - document: tokens with weights, whose full windows are compressed; there are `ratios.count` of them.
    ///   - branches: what follows the document, each continuing on its own.
    public func plan(
        _ document: LabelledTokens, branches: [LabelledTokens], compression: Compression
    ) -> SequencePlan {
        var plan = SequencePlan()
        let windows = compression.ratios.count
        precondition(windows * windowSize <= document.tokens.count)
        var fresh = 0
        for (window, ratio) in compression.ratios.enumerated() {
            if compression.freshEvery > 0, window % compression.freshEvery == 0 {
                fresh = plan.retained.count
            }
            let begin = plan.inputs.count
            let memory = fresh..<plan.retained.count
            let start = window * windowSize
            append(
                document, start..<start + windowSize, following: document, ratio: ratio,
                position: plan.retained.count, memory: memory, to: &plan)
            for entry in begin..<plan.inputs.count where plan.inputs[entry] == SequencePlan.beacon {
                plan.retained.append(Int32(entry))
            }
        }
        let rest = windows * windowSize..<document.tokens.count
        for branch in branches {
            let tokens = LabelledTokens(
                tokens: Array(document.tokens[rest]) + branch.tokens,
                weights: Array(document.weights[rest]) + branch.weights)
            guard !tokens.tokens.isEmpty else { continue }
            append(
                tokens, 0..<tokens.tokens.count, following: tokens, ratio: compression.openRatio,
                position: plan.retained.count, memory: 0..<plan.retained.count, to: &plan)
        }
        return plan
    }

    /// Appends a segment of raw tokens with a beacon after every `ratio`-th.
    private func append(
        _ source: LabelledTokens, _ range: Range<Int>, following: LabelledTokens, ratio: Int, position: Int,
        memory: Range<Int>, to plan: inout SequencePlan
    ) {
        let begin = plan.inputs.count
        for (index, token) in range.enumerated() {
            let next = token + 1
            let weight = next < following.tokens.count ? following.weights[next] : 0
            plan.inputs.append(source.tokens[token])
            plan.targets.append(weight > 0 ? following.tokens[next] : -1)
            plan.weights.append(weight)
            if ratio > 0, (index + 1) % ratio == 0 {
                plan.inputs.append(SequencePlan.beacon)
                plan.targets.append(-1)
                plan.weights.append(0)
            }
        }
        for index in 0..<plan.inputs.count - begin { plan.positions.append(Int32(position + index)) }
        plan.segments.append(.init(entries: begin..<plan.inputs.count, memory: memory))
    }
}
