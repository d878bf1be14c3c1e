import Foundation
import Logging
import Synchronization
import Testing

@testable import HTTPService

/// What becomes of uploads when services end and begin.
@Suite struct UploadDeskTests {
    /// Accepts uploads, and brings them in when it is let.
    private final class Shelf: DocumentIntake {
        struct State {
            var kept: [Upload] = []
            var done: [String] = []
            var isHeld = false
        }

        let state = Mutex(State())

        func accept(_ upload: Upload, bytes: [UInt8]) throws {
            guard upload.name != "full.txt" else { throw ServiceError(507, "exhausted", "no room") }
            state.withLock { $0.kept.append(upload) }
        }

        func accepted() throws -> [Upload] { state.withLock { $0.kept } }

        func add(
            _ upload: Upload, progress: @escaping @Sendable (UploadProgress) -> Void,
            shouldStop: @escaping @Sendable () -> Bool
        ) throws {
            while state.withLock({ $0.isHeld }) {
                var held = UploadProgress()
                held.heldBy = "process 1"
                progress(held)
                if shouldStop() { throw ServiceError.stopped }
                usleep(1000)
            }
            state.withLock { state in
                state.kept.removeAll { $0 == upload }
                state.done.append(upload.name)
            }
        }

        func remove(_ document: String, from collection: String) throws -> Bool { true }
    }

    private func desk(_ shelf: Shelf) -> UploadDesk {
        UploadDesk(shelf, capacity: 1, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test func anUploadWaitsForTheStoreAndSaysForWhom() async throws {
        let shelf = Shelf()
        shelf.state.withLock { $0.isHeld = true }
        let desk = desk(shelf)
        let id = try await desk.take(name: "a.txt", collection: "yard") { [0x61] }.id
        for await status in try desk.changes(id) {
            if status.progress.heldBy != nil {
                #expect(status.state == .waiting)
                shelf.state.withLock { $0.isHeld = false }
            }
        }
        #expect(try desk.status(id).state == .done)
    }

    @Test func whatASeviceLeavesTheNextOneTakesUp() async throws {
        let shelf = Shelf()
        shelf.state.withLock { $0.isHeld = true }
        let first = desk(shelf)
        var ids: [String] = []
        for name in ["a.txt", "b.txt"] {
            ids.append(try await first.take(name: name, collection: "yard") { [0x61] }.id)
        }
        await #expect(throws: ServiceError.self) {
            try await first.take(name: "c.txt", collection: "yard") { [0x61] }
        }
        first.leave()
        while first.length > 0 { try await Task.sleep(for: .milliseconds(1)) }
        #expect(first.all.map(\.state) == [.waiting, .waiting])
        shelf.state.withLock { $0.isHeld = false }
        let second = desk(shelf)
        try second.resume()
        for id in ids { for await _ in try second.changes(id) {} }
        #expect(shelf.state.withLock { $0.done } == ["a.txt", "b.txt"])
    }

    /// Files on their way count too, so that many at a time do not fill the memory; one that never comes gives its place
    /// back.
    @Test func nothingIsReadThatHasNoPlace() async throws {
        let desk = desk(Shelf())
        struct Gone: Error {}
        for _ in 0..<3 {
            _ = try await desk.take(name: "a.txt", collection: "yard") {
                _ = try await desk.take(name: "b.txt", collection: "yard") {
                    await #expect(throws: ServiceError.self) {
                        try await desk.take(name: "c.txt", collection: "yard") {
                            Issue.record("it is read")
                            return []
                        }
                    }
                    return [0x62]
                }
                return [0x61]
            }
            while desk.length > 0 { try await Task.sleep(for: .milliseconds(1)) }
            await #expect(throws: Gone.self) {
                try await desk.take(name: "d.txt", collection: "yard") { throw Gone() }
            }
        }
        #expect(desk.all.count == 6)
    }

    @Test func whatCannotBeKeptIsNotAccepted() async throws {
        let desk = desk(Shelf())
        await #expect(throws: ServiceError(507, "exhausted", "no room")) {
            try await desk.take(name: "full.txt", collection: "yard") { [0x61] }
        }
        #expect(desk.all.isEmpty)
    }
}
