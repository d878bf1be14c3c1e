/// One step by which this module changes the disk.
///
/// Every such step passes through ``FileFaults`` first, so that tests can make any of them fail, or end the process
/// just before or after it.
public enum FileOperation: String, Sendable, Hashable, CaseIterable {
    case create, write, synchronize, synchronizeDirectory, rename, remove, close
}
