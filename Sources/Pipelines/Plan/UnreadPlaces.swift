import Documents
import SystemPackage

/// Files and folders of a run's sources that could not be read: what came from them earlier is not gone.
struct UnreadPlaces {
    /// The places relative to their sources; empty for a whole source.
    let names: Set<String>

    /// - Parameter names: places as another run found them; the same wherever its sources lie.
    init(names: Set<String>) { self.names = names }

    /// - Parameter places: paths of files and folders.
    init(_ places: Set<String>, sources: [SourceDefinition]) {
        let roots = Set(sources.map { PathGlob(naming: $0.path).root })
        var names: Set<String> = []
        for place in places where !place.isEmpty {
            for root in roots {
                var rest = FilePath(place)
                if root.starts(with: rest) {
                    names.insert("")
                } else if rest.removePrefix(root) {
                    names.insert(rest.string)
                }
            }
        }
        self.names = names
    }

    /// Whether a file, named as a ``SourceNote`` names it, is one of them or lies below one.
    func mayHold(_ file: String) -> Bool {
        if names.isEmpty || names.contains("") { return !names.isEmpty }
        var path = FilePath(file)
        while !path.isEmpty {
            if names.contains(path.string) { return true }
            guard path.removeLastComponent() else { return false }
        }
        return false
    }
}
