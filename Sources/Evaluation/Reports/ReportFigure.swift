/// A picture of a report.
public struct ReportFigure: Sendable, Hashable {
    /// The file's name without its ending.
    public var name: String
    public var title: String
    /// A whole SVG document.
    public var svg: String

    public init(name: String, title: String, svg: String) {
        self.name = name
        self.title = title
        self.svg = svg
    }
}
