import Documents
import SystemPackage

/// Files and folders of a run's sources that could not be read: what came from them earlier is not gone.
struct UnreadPlaces {
    private let places: Set<String>
    private let roots: Set<FilePath>

    /// - Parameter places: paths of files and folders.
    init(_ places: Set<String>, sources: [SourceDefinition]) {
        self.places = places
        roots = Set(sources.map { PathGlob($0.path).root })
    }

    /// Whether a file, named as a ``SourceNote`` names it, is one of them or lies below one.
    func mayHold(_ file: String) -> Bool {
        guard !places.isEmpty else { return false }
        return roots.contains { root in
            // A source that is one file is named by its last part.
            var path = root.lastComponent?.string == file ? root : root.appending(file)
            while !path.components.isEmpty {
                if places.contains(path.string) { return true }
                path.removeLastComponent()
            }
            return false
        }
    }
}
