import CacheStorage
import FileAccess
import Foundation
import SystemPackage
import Testing

@testable import PharosCommand

/// Windows to be recomputed are drawn from all that documents are answered from.
@Suite struct WindowSampleTests {
    private func cache(_ ratio: Int, windows: Int, in store: CacheStore) throws -> CacheIdentity {
        let identity = try CacheIdentity(fields: [
            .init(name: "ratios", value: "\(ratio)"), .init(name: "text", value: ContentDigest.hex(of: "t")),
        ])
        let window = CacheWindow(ratio: ratio, beacons: [CacheInterval(tokens: 0..<4, bytes: 0..<1)])
        let layout = ContextCacheLayout(
            layers: 1, kvHeads: 1, headDim: 4, keyEncoding: .f16, valueEncoding: .f16,
            segments: [
                CacheSegment(
                    sinkEntries: 0, windows: Array(repeating: window, count: windows), raw: [],
                    tokens: 0..<windows * 4, bytes: 0..<1)
            ])
        let writer = try store.cacheWriter(identity, layout: layout)
        for item in writer.items {
            try writer.append(
                KeyValueBlock(
                    layers: 1, entries: 1, kvHeads: 1, headDim: 4, keys: [1, 2, 3, 4], values: [5, 6, 7, 8]),
                for: item)
        }
        _ = try writer.finish()
        return identity
    }

    @Test func finerCopiesAreDrawnToo() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("pharos-\(UUID().uuidString)")
        defer { _ = try? FileManager.default.removeItem(at: url) }
        let store = try CacheStore.create(FilePath(url.path), createdBy: "1", command: "test")
        let coarse = try cache(8, windows: 3, in: store)
        let fine = try cache(2, windows: 5, in: store)
        try store.publish(
            DocumentRecord(collection: "c", id: "d"), text: "t", passages: [], cache: coarse,
            companions: [fine])
        let all = try WindowSample(of: store, count: 100, seed: 0).choices
        #expect(all.map(\.cache) == [coarse.digest, fine.digest])
        #expect(all.map(\.windows) == [[0, 1, 2], [0, 1, 2, 3, 4]])
        let some = try WindowSample(of: store, count: 4, seed: 1).choices
        #expect(some.reduce(0) { $0 + $1.windows.count } == 4)
    }
}
