/// A document before it has an id.
struct DocumentDraft {
    /// The record's own id, if it has one.
    var recordID: String?
    var title: String?
    var metadata: [String: String] = [:]
    var text: String
    var sourceMap: SourceMap
    var coverage: Coverage
    var line = 1
    var path: String?
    var bytes: Range<Int>?
    /// Place among the records, from 1; `nil` when the file is one document.
    var ordinal: Int?
    var warnings: [String] = []
}
