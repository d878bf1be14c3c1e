import FileAccess
import Safetensors
import SystemPackage
import Testing

@Suite struct SafetensorsTests {
    /// A file with the given header text and payload.
    private func file(_ json: String, payload: Int = 0) -> [UInt8] {
        let text = Array(json.utf8)
        return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) } + text
            + [UInt8](repeating: 0, count: payload)
    }

    @Test func writtenFileIsReadBack() throws {
        let writer = try SafetensorsWriter(
            [.init("n", .i64, [2]), .init("x", .f32, [2, 3]), .init("empty", .f32, [0, 4])],
            metadata: ["b": "2", "a": "\"q\"\n"])
        let bytes =
            try writer.header() + SafetensorsWriter.bytes(of: [Int64(-1), 5])
            + SafetensorsWriter.bytes(of: [1, 2, 3, 4, 5, 6.5])
        let file = try SafetensorsFile(bytes: bytes)
        #expect(file.metadata == ["a": "\"q\"\n", "b": "2"])
        #expect(file.header.byteCount % 8 == 0)
        #expect(try file.integers(file.requireTensor("n")) == [-1, 5])
        #expect(try file.floats(file.requireTensor("x")) == [1, 2, 3, 4, 5, 6.5])
        #expect(try file.floats(file.requireTensor("empty")).isEmpty)
        #expect(throws: SafetensorsError.self) { try file.requireTensor("y") }
        #expect(throws: SafetensorsError.self) { try file.floats(file.requireTensor("n")) }
        #expect(throws: SafetensorsError.self) { try file.integers(file.requireTensor("x")) }
        var part = [Float](repeating: 0, count: 2)
        var span = part.mutableSpan
        try file.copyFloats(of: file.requireTensor("x"), from: 3, into: &span)
        #expect(part == [4, 5])
    }

    @Test func mappedFileEqualsBytes() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("m.safetensors")
            let writer = try SafetensorsWriter([.init("x", .f32, [2])], metadata: ["k": "v"])
            try writer.write(to: path) { _ in SafetensorsWriter.bytes(of: [1.5, -2]) }
            let file = try SafetensorsFile(mapping: path)
            #expect(try file.floats(file.requireTensor("x")) == [1.5, -2])
            #expect(try SafetensorsFile(bytes: FileSystem.read(path)).header == file.header)
        }
    }

    @Test func halfFloatsWidenAndNarrowExactly() throws {
        for bits in UInt16.min...UInt16.max {
            let wide = FloatConversion.widen(float16: bits)
            let expected = Float(Float16(bitPattern: bits))
            if expected.isNaN {
                #expect(wide.isNaN && FloatConversion.narrow(toFloat16: wide) & 0x7C00 == 0x7C00)
            } else if wide.bitPattern != expected.bitPattern
                || FloatConversion.narrow(toFloat16: wide) != bits
            {
                Issue.record("binary16 \(bits) gives \(wide)")
            }
        }
        var state: UInt32 = 1
        for _ in 0..<200_000 {
            state = state &* 1_664_525 &+ 1_013_904_223
            let value = Float(bitPattern: state)
            let expected = Float16(value)
            if !value.isNaN, FloatConversion.narrow(toFloat16: value) != expected.bitPattern {
                Issue.record(
                    "\(value) narrows to \(FloatConversion.narrow(toFloat16: value)), not \(expected.bitPattern)"
                )
            }
        }
    }

    @Test func sixteenBitTensorsAreWidened() throws {
        let writer = try SafetensorsWriter([.init("h", .f16, [2]), .init("b", .bf16, [2])])
        let bytes = try writer.header() + [0x00, 0x3C, 0x00, 0xC0] + [0x80, 0x3F, 0x00, 0xC0]
        let file = try SafetensorsFile(bytes: bytes)
        #expect(try file.floats(file.requireTensor("h")) == [1, -2])
        #expect(try file.floats(file.requireTensor("b")) == [1, -2])
    }

    @Test(arguments: [
        ("[]", 0), ("{", 0), (" {}", 0), ("{}x", 0), ("{}", 1),
        (
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
            4
        ),
        (#"{"a":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}"#, 4),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4),
        (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4),
        (#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0),
        (#"{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#, 4),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4),
        (
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}"#,
            6
        ),
        (
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#,
            12
        ),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 3),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,99999999999999999999]}}"#, 4),
        (#"{"__metadata__":{"a":1}}"#, 0), (#"{"a":{"shape":[1],"data_offsets":[0,4]}}"#, 4),
        ("{\"a\":" + String(repeating: "[", count: 100) + String(repeating: "]", count: 100) + "}", 0),
        (#"{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 4),
    ])
    func badHeaderIsRefused(_ json: String, _ payload: Int) {
        #expect(throws: SafetensorsError.self) { try SafetensorsFile(bytes: file(json, payload: payload)) }
    }

    @Test func lyingLengthIsRefused() {
        #expect(throws: SafetensorsError.self) { try SafetensorsFile(bytes: [1, 2, 3]) }
        #expect(throws: SafetensorsError.self) {
            try SafetensorsFile(bytes: [UInt8](repeating: 0xFF, count: 8) + [UInt8(ascii: "{")])
        }
        #expect(throws: SafetensorsError.self) {
            try SafetensorsFile(bytes: [9, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D])
        }
    }

    @Test func unknownKeysAndTrailingSpaceAreTolerated() throws {
        let json = #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"extra":[{"x":null}]}}   "#
        #expect(try SafetensorsFile(bytes: file(json, payload: 4)).tensors.count == 1)
    }

    @Test func mutatedHeadersNeverTrap() throws {
        let writer = try SafetensorsWriter(
            [.init("n", .i64, [2]), .init("x", .f16, [2, 3])], metadata: ["k": "é"])
        let good = try writer.header() + [UInt8](repeating: 1, count: writer.payloadByteCount)
        var state: UInt64 = 42
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0...random(3) { bytes[random(bytes.count)] = UInt8(random(256)) }
            if random(4) == 0 { bytes.removeLast(random(bytes.count)) }
            do {
                let file = try SafetensorsFile(bytes: bytes)
                for tensor in file.tensors {
                    file.withBytes(tensor) { #expect($0.count == tensor.byteRange.count) }
                }
            } catch is SafetensorsError {}
        }
    }
}
