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
        let id = try await desk.take([0x61], name: "a.txt", collection: "yard").id
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
            ids.append(try await first.take([0x61], name: name, collection: "yard").id)
        }
        await #expect(throws: ServiceError.self) {
            try await first.take([0x61], name: "c.txt", collection: "yard")
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

    @Test func whatCannotBeKeptIsNotAccepted() async throws {
        let desk = desk(Shelf())
        await #expect(throws: ServiceError(507, "exhausted", "no room")) {
            try await desk.take([0x61], name: "full.txt", collection: "yard")
        }
        #expect(desk.all.isEmpty)
    }
}
