/// Any XML, by a profile's records and fields.
struct XMLFormatReader: FormatReader {
    let profile: Profile
    /// Whether what it fails on is read in another way.
    var isTrial = false
    private let rules: RecordRules

    init(profile: Profile) throws {
        self.profile = profile
        rules = try RecordRules(profile)
    }

    func read(_ source: PeekableSource, into sink: DocumentSink) throws {
        let override = sink.definition.encoding
        let encoding =
            profile.format == .html
            ? TextEncoding.html(Array(try source.peek(64 << 10)), override: override)
            : try TextEncoding.xml(source.peek(1024), override: override)
        if encoding.evidence == .guessed {
            sink.warnings.append("the encoding \(encoding.name) is a guess; name it to be sure")
        }
        sink.encoding = encoding.name
        let resume = sink.resume.flatMap { $0.preamble == nil || $0.encoding != encoding.name ? nil : $0 }
        if let resume {
            try source.skip(resume.byteOffset)
            // What follows is all new, also what stands on the same line.
            sink.resume = nil
        }
        let input = try DecodedInput(
            source, encoding: encoding, policy: sink.definition.undecodable,
            // Strictly, libxml2 refuses what is no UTF-8; when it recovers, it hands it on.
            checked: profile.format == .html || profile.malformed == .recover, from: resume?.byteOffset)
        var reader = try XMLRecordReader(profile: profile, rules: rules, input: input, sink: sink)
        if let resume { try reader.resume(after: resume) }
        try sink.tellingReplaced(input, isTrial: isTrial) { try reader.readAll() }
    }
}
