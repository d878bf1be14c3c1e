/// Which profile reads the files of a source.
public enum ProfileSelection: Sendable, Hashable, Encodable {
    /// Each file by what ``Detector`` says.
    case detect
    /// One of ``Profile/builtIn``, by name.
    case named(String)
    case custom(Profile)
}
