public import SystemPackage

extension FilePermissions {
    /// What everybody may read and its owner write, as far as the process's mask allows: models, for example.
    public static func shared(executable: Bool = false) -> FilePermissions {
        executable
            ? [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute]
            : [.ownerReadWrite, .groupRead, .otherRead]
    }
}
