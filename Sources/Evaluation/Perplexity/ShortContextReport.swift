/// How a model with beacons treats contexts shorter than a window.
public struct ShortContextReport: Sendable, Hashable, Codable {
    /// Perplexity of short texts in one mode.
    public struct Mean: Sendable, Hashable, Codable {
        public var mode: ContextMode
        public var loss: Double
        public var perplexity: Double
    }

    public var texts: Int
    /// Rows of logits compared.
    public var rows: Int
    /// Largest difference between the ordinary model's logits and those with beacons idle; 0 where preserved.
    public var idleDifference: Double
    public var means: [Mean]

    /// Whether idle beacons leave the logits untouched, bit for bit.
    public var isPreserved: Bool { idleDifference == 0 }

    var tables: [ReportTable] {
        var table = ReportTable(
            title: "Contexts under one window (\(texts) texts, \(rows) rows of logits)",
            columns: ["beacons", "perplexity", "largest difference of logits"])
        for mean in means {
            let isPlain = mean.mode == .full
            table.rows.append([
                isPlain ? "idle" : "interleaved, \(mean.mode.title)", Rounding.text(mean.perplexity, 3),
                isPlain ? "\(idleDifference)" : "–",
            ])
        }
        return [table]
    }
}
