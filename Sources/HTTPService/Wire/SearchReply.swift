import CacheStorage

/// The passages that a search found, best first.
struct SearchReply: Encodable {
    struct Hit: Encodable {
        var collection: String
        var document: String
        var title: String?
        var segment: Int
        var bytes: [Int]
        var text: String
        var score: Double

        init(_ hit: SearchHit) {
            collection = hit.collection
            document = hit.document
            title = hit.title
            segment = hit.passage.segment
            bytes = [hit.passage.bytes.lowerBound, hit.passage.bytes.upperBound]
            text = hit.text
            score = hit.score
        }
    }

    var hits: [Hit]
}
