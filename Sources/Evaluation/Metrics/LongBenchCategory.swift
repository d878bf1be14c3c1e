/// The groups in which LongBench's tables put its tasks, in their order.
public enum LongBenchCategory: String, Sendable, Hashable, Codable, CaseIterable {
    case oneDocument = "single-document QA"
    case manyDocuments = "multi-document QA"
    case summaries = "summarization"
    case fewShot = "few-shot learning"
    case synthetic
    case code
}
