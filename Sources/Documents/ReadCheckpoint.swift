/// A place inside a source behind a document: reading can start anew from there.
///
/// For a record of an XML file it has all that is needed to go on at the byte behind the record: the prolog, the tags
/// of the elements that are open, and how many siblings have been counted. For other formats the file is read again
/// and the documents up to the place are passed over.
public struct ReadCheckpoint: Sendable, Hashable, Codable {
    /// The file's name below the source's root and the member, as in ids.
    public var file: String
    public var member: String?
    /// Where the member stands among those of each archive on the way to it, from 1: names may come twice.
    public var memberPlaces: [Int]?
    /// Place of the last document among those of the file or member.
    public var ordinal: Int
    /// Line on which the document ends.
    public var line: Int
    /// Where the rest starts, in the decompressed file or member.
    public var byteOffset: Int
    var encoding: String
    /// What a parser is given before the rest.
    var preamble: String?
    /// Places of the open elements among their siblings.
    var places: [Int] = []
    /// How many children of each name every open element has had, the document first.
    var counts: [[String: Int]] = []

    /// The file's name below the source's root.
    var fileName: String {
        guard let member, file.hasSuffix("!" + member) else { return file }
        return String(file.dropLast(member.count + 1))
    }
}

/// What a document's receiver can ask for a ``ReadCheckpoint``, which costs something only when it is asked for.
public struct ReadPosition {
    let make: () -> ReadCheckpoint?

    /// The place behind the document; `nil` behind a failure.
    public func checkpoint() -> ReadCheckpoint? { make() }
}
