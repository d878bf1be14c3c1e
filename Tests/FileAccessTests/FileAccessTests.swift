import FileAccess
import SystemPackage
import Testing

@Suite struct FileAccessTests {
    @Test func atomicFileAppearsOnlyWhenCommitted() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("a.txt")
            let file = try AtomicFile(path)
            try file.write("hello ")
            try file.write("world")
            #expect(try FileSystem.kind(of: path) == nil)
            #expect(try FileSystem.list(directory) == [".a.txt.partial"])
            try file.commit()
            #expect(try FileSystem.read(path) == Array("hello world".utf8))
            #expect(try FileSystem.list(directory) == ["a.txt"])
        }
    }

    @Test func abandonedFileLeavesNothing() throws {
        try withTemporaryDirectory { directory in
            do {
                let file = try AtomicFile(directory.appending("a"))
                try file.write("x")
            }
            #expect(try FileSystem.list(directory).isEmpty)
        }
    }

    @Test func twoWritersOfOneFileAreRefused() throws {
        try withTemporaryDirectory { directory in
            let first = try AtomicFile(directory.appending("a"))
            let error = #expect(throws: FileAccessError.self) { try AtomicFile(directory.appending("a")) }
            #expect(error?.code == .locked)
            try first.write("1")
            try first.commit()
            #expect(try FileSystem.read(directory.appending("a")) == Array("1".utf8))
        }
    }

    @Test(arguments: [FileOperation.write, .synchronize, .rename, .synchronizeDirectory])
    func failedOperationLeavesNoPartialFile(_ operation: FileOperation) throws {
        try withTemporaryDirectory { directory in
            let faults = FileFaults { _, found, _ in found == operation ? .fail(28) : .proceed }
            let error = #expect(throws: FileAccessError.self) {
                try FileFaults.$current.withValue(faults) {
                    try AtomicFile.replace(directory.appending("a"), with: [1, 2, 3])
                }
            }
            #expect(error?.code == .noSpace)
            // Only the directory's own synchronisation comes after the file has its name.
            let expected = operation == .synchronizeDirectory ? ["a"] : []
            let names = try FileSystem.list(directory)
            #expect(names == expected)
        }
    }

    @Test func mappedFileGivesItsBytes() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("a")
            try AtomicFile.replace(path, with: [1, 2, 3])
            let file = try MappedFile(path)
            #expect(file.count == 3)
            #expect(file.withBytes { Array($0) } == [1, 2, 3])
            try AtomicFile.replace(path, with: [])
            #expect(try MappedFile(path).withBytes { $0.count } == 0)
            #expect(throws: FileAccessError.self) { try MappedFile(directory) }
            #expect(throws: FileAccessError.self) { try MappedFile(directory.appending("missing")) }
        }
    }

    @Test func randomAccessStaysInside() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("a")
            try AtomicFile.replace(path, with: [1, 2, 3, 4])
            let file = try RandomAccessFile(path)
            #expect(try file.bytes(1..<3) == [2, 3])
            #expect(throws: FileAccessError.self) { try file.bytes(2..<5) }
        }
    }

    @Test func lockIsHeldOnceAndNamesItsHolder() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("lock")
            do {
                let lock = try DirectoryLock(path, command: "pharos run")
                #expect(lock.abandonedBy == nil)
                let error = #expect(throws: FileAccessError.self) {
                    try DirectoryLock(path, command: "other")
                }
                #expect(error?.code == .locked)
                #expect(error?.message.contains("pharos run") == true)
                #expect(try DirectoryLock.currentHolder(of: path)?.command == "pharos run")
            }
            #expect(try DirectoryLock.currentHolder(of: path) == nil)
            #expect(try DirectoryLock(path, command: "next").abandonedBy == nil)
        }
    }

    @Test func deadHolderIsToldAndDoesNotBlock() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("lock")
            try AtomicFile.replace(path, with: Array("host\t123\t1700000000\tpharos run x\n".utf8))
            let lock = try DirectoryLock(path, command: "next")
            #expect(lock.abandonedBy?.process == 123)
            #expect(lock.abandonedBy?.command == "pharos run x")
        }
    }

    @Test func digestsMatchKnownValues() throws {
        #expect(
            ContentDigest.hex(of: "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
        var digest = ContentDigest()
        digest.update("a")
        digest.update("bc")
        #expect(digest.hex() == ContentDigest.hex(of: "abc"))
        #expect(ContentDigest.isHex(digest.hex()))
        #expect(!ContentDigest.isHex(digest.hex().uppercased()))
        try withTemporaryDirectory { directory in
            let bytes = [UInt8](repeating: 7, count: 3_000_000)
            try AtomicFile.replace(directory.appending("a"), with: bytes)
            #expect(try ContentDigest.hex(ofFile: directory.appending("a")) == ContentDigest.hex(of: bytes))
        }
    }

    @Test func filesAreListedInByteOrder() throws {
        try withTemporaryDirectory { directory in
            try FileSystem.createDirectory(directory.appending("b/c"))
            for name in ["z", "a", "b/c/1", "b/0"] {
                try AtomicFile.replace(directory.appending(name), with: [])
            }
            let names = try FileSystem.files(under: directory).map {
                String($0.string.dropFirst(directory.string.count + 1))
            }
            #expect(names == ["a", "b/0", "b/c/1", "z"])
            #expect(try FileSystem.freeSpace(at: directory) > 0)
        }
    }
}
