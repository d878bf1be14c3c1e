import CacheStorage
import Foundation
import SystemPackage
import Testing

/// Budgets: what gives way, what stays, and that nobody overdraws.
@Suite struct RoomTests {
    private static func error(_ body: () throws -> Void) -> (any Error)? {
        do {
            try body()
            return nil
        } catch {
            return error
        }
    }

    @Test func unneededCachesGiveWayLeastRecentlyUsedFirst() throws {
        try withTemporaryDirectory { directory in
            let store = try StoreExample.store(directory.appending("s"), documents: 3)
            let former = try store.documents().compactMap(\.cache)
            // Other weights: the three caches made so far are superseded.
            for number in 0..<3 { try StoreExample.publish(number, in: store, weights: "weights-2") }
            try store.setPinned(true, cache: former[0])
            try store.noteUse(of: [former[1]], at: 4_000_000_000)
            let used = try store.objectByteCount()
            let budget = StoreBudget(maximumByteCount: used + 10)
            #expect(try store.makeRoom(for: 10, within: budget) == 0)
            #expect(try store.makeRoom(for: 11, within: budget) > 0)
            // The pinned one and the one used last stay.
            #expect(Set(try store.caches().map(\.identity.digest)).intersection(former) == Set(former[0...1]))
            #expect(throws: CacheStorageError.self) {
                try store.makeRoom(for: 1, within: StoreBudget(maximumByteCount: 100))
            }
            #expect(Set(try store.caches().map(\.identity.digest)).intersection(former) == [former[0]])
            let kept = try store.documents().compactMap(\.cache)
            for cache in kept { _ = try store.openCache(digest: cache) }
        }
    }

    @Test func roomHeldByOneWriterIsNotGivenToAnother() throws {
        try withTemporaryDirectory { directory in
            let store = try StoreExample.store(directory.appending("s"), documents: 1)
            let budget = StoreBudget(maximumByteCount: try store.objectByteCount() + 100)
            try store.withRoom(for: 60, within: budget, caches: []) {
                #expect(Self.error { try store.requireRoom(for: 50, within: budget) } != nil)
                try store.requireRoom(for: 40, within: budget)
            }
            try store.requireRoom(for: 100, within: budget)
            // Two writers at a time: the second waits for the first.
            DispatchQueue.concurrentPerform(iterations: 4) { _ in
                let error = Self.error {
                    try store.withRoom(for: 70, within: budget, caches: ["a"]) {
                        #expect(Self.error { try store.requireRoom(for: 31, within: budget) } != nil)
                    }
                }
                #expect(error == nil)
            }
            #expect(throws: CacheStorageError.self) {
                try store.withRoom(for: 101, within: budget, caches: []) {}
            }
        }
    }

    @Test func freeSpaceIsLeft() throws {
        try withTemporaryDirectory { directory in
            let store = try StoreExample.store(directory.appending("s"), documents: 1)
            try store.requireRoom(for: 1, within: StoreBudget(freeSpaceFloor: 0))
            let error = #expect(throws: CacheStorageError.self) {
                try store.requireRoom(for: 1, within: StoreBudget(freeSpaceFloor: Int.max / 2))
            }
            #expect(error?.code == .noSpace)
        }
    }
}
