/// Any XML, by a profile's records and fields.
struct XMLFormatReader: FormatReader {
    let profile: Profile
    private let rules: RecordRules

    init(profile: Profile) throws {
        self.profile = profile
        rules = try RecordRules(profile)
    }

    func read(_ source: PeekableSource, into sink: DocumentSink) throws {
        let encoding = try TextEncoding.xml(source.peek(1024), override: sink.definition.encoding)
        sink.encoding = encoding.name
        let input = try DecodedXMLInput(source, encoding: encoding, policy: sink.definition.undecodable)
        let reader = try XMLRecordReader(profile: profile, rules: rules, input: input, sink: sink)
        try reader.readAll()
    }
}
