import Foundation
import TestSupport
import Testing

@testable import Engine

@Suite struct SafetensorsTests {
    private static func file(_ header: String, data: [UInt8]) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) } + Array(header.utf8) + data
    }

    private func read(_ header: String, data: [UInt8]) throws -> SafetensorsCheckpoint {
        let directory = try TemporaryDirectory()
        return try SafetensorsCheckpoint(openFile(directory.write(Self.file(header, data: data), to: "a.safetensors")))
    }

    @Test func everyFloatIsRead() throws {
        let directory = try TemporaryDirectory()
        let header = """
            {"__metadata__":{"k":"v"},"d":{"dtype":"F64","shape":[1],"data_offsets":[8,16]},\
            "f":{"dtype":"F32","shape":[1,1],"data_offsets":[4,8]},"h":{"dtype":"F16","shape":[],"data_offsets":[0,2]},\
            "b":{"dtype":"BF16","shape":[1],"data_offsets":[2,4]},"e":{"dtype":"I64","shape":[0],"data_offsets":[16,16]}}
            """
        let data: [UInt8] = [0x00, 0xC0, 0x00, 0xC0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0, 0xC0]
        let file = try SafetensorsCheckpoint(
            openFile(directory.write(Self.file(header, data: data), to: "a.safetensors")))
        #expect(file.tensors.map(\.name) == ["h", "b", "f", "d", "e"])
        #expect(file.metadata == ["k": "v"])
        for tensor in file.tensors.dropLast() { #expect(try file.values(of: tensor) == [-2]) }
        #expect(throws: ModelError.self) { try file.values(of: file.tensors[4]) }
    }

    @Test(arguments: [
        // overlapping, with a gap, too long for its shape, backwards, negative, beyond the file, otherwise malformed
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#,
        #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[1e99],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}"#,
        #"{"a":{"dtype":"F32","shape":[2]}}"#, #"{"a":1}"#, #"{"__metadata__":{"a":1}}"#, "[]", "", "{", "{}",
    ])
    func malformedFilesAreRefused(header: String) throws {
        #expect(throws: ModelError.self) { try read(header, data: [0, 0, 0, 0, 0, 0, 0, 0]) }
    }

    @Test func aHeaderBeyondTheFileIsRefused() throws {
        let directory = try TemporaryDirectory()
        for length in [100, 1 << 30, UInt64.max] {
            let bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> UInt64(8 * $0)) } + Array("{}".utf8)
            #expect(throws: ModelError.self) {
                try SafetensorsCheckpoint(openFile(directory.write(bytes, to: "a.safetensors")))
            }
        }
    }

    @Test func conversionKeepsNetworkAndManifest() throws {
        let directory = try TemporaryDirectory()
        try directory.write(Array("a\nb\nc\nd\ne".utf8), to: "labels.txt")
        for name in ["model.ckpt", "short_names.pt", "nested.pth", "long_names_gamma.pth", "reference.safetensors"] {
            let checkpoint = try Checkpoint.open(GoldenCheckpoint.path(name), labelFile: directory.file("labels.txt"))
            let path = directory.file("converted.safetensors")
            try checkpoint.convert(to: path, replacing: true)
            let converted = try Checkpoint.open(path)
            #expect(converted.manifest == checkpoint.manifest)
            #expect(try converted.load().variables == checkpoint.load().variables)
            // The format requires values at a multiple of 8.
            #expect(try SafetensorsCheckpoint(openFile(path)).tensors[0].location.offset.isMultiple(of: 8))
        }
    }

    @Test func conversionIsReproducible() throws {
        let directory = try TemporaryDirectory()
        let checkpoint = try Checkpoint.open(GoldenCheckpoint.path("model.ckpt"))
        try checkpoint.convert(to: directory.file("a.safetensors"))
        try checkpoint.convert(to: directory.file("b.safetensors"))
        #expect(try directory.bytes(of: "a.safetensors") == directory.bytes(of: "b.safetensors"))
    }

    @Test func halvesAreRoundedToNearest() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("half.safetensors")
        let checkpoint = try Checkpoint.open(GoldenCheckpoint.path("model.ckpt"))
        try checkpoint.convert(to: path, half: true)
        let half = try Checkpoint.open(path).load()
        let whole = try checkpoint.load()
        for (name, variable) in whole.variables {
            // Half a unit in the last of 11 bits; below 2^-14 the spacing is 2^-24.
            let isNear = zip(half[name]?.values ?? [], variable.values).allSatisfy {
                abs($0 - $1) <= max(abs($1) * 0x1p-11, 0x1p-25)
            }
            #expect(isNear, "\(name)")
        }
        #expect(half.parameterCount == whole.parameterCount)
        #expect(try directory.bytes(of: "half.safetensors").count < 40_000)
    }

    @Test func valuesTooLargeForHalfAreNamed() throws {
        let directory = try TemporaryDirectory()
        let name = "Conv3d_2b_1x1/batch_norm/moving_mean"
        let checkpoint = try GoldenCheckpoint.open(in: directory) { $0[name]?.values[0] = 70_000 }
        let error = try #require(throws: ModelError.self) {
            try checkpoint.convert(to: directory.file("half.safetensors"), half: true)
        }
        #expect(error.variable == name)
        #expect(try directory.listing() == ["changed.safetensors"])
    }

    @Test func existingFilesAreNotReplacedByDefault() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write([1], to: "a.safetensors")
        let checkpoint = try Checkpoint.open(GoldenCheckpoint.path("model.ckpt"))
        let error = try #require(throws: ModelError.self) { try checkpoint.convert(to: path) }
        #expect(error.code == .outputExists)
        #expect(try directory.bytes(of: "a.safetensors") == [1])
        let missing = try #require(throws: ModelError.self) { try checkpoint.convert(to: directory.file("no/a")) }
        #expect(missing.code == .cannotWrite)
        #expect(try directory.listing() == ["a.safetensors"])
    }

    @Test func labelsWithoutAManifestAreUsed() throws {
        let directory = try TemporaryDirectory()
        var bytes = try GoldenMaterial.bytes("checkpoints/reference.safetensors")
        let metadata = Array(#""__metadata__":{"labels":"[\"a\",\"b\",\"c\",\"d\",\"e\"]"},"#.utf8)
        bytes.insert(contentsOf: metadata, at: 9)
        let length = bytes[..<8].enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) } + metadata.count
        bytes.replaceSubrange(..<8, with: (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) })
        let path = try directory.write(bytes, to: "a.safetensors")
        #expect(try Checkpoint.open(path).manifest.labels == ["a", "b", "c", "d", "e"])
    }

    @Test func impossibleManifestsAreRefused() throws {
        let changes: [@Sendable (inout ModelManifest) -> Void] = [
            { $0.classCount = 6 }, { $0.inputChannels = 2 }, { $0.clipLength = 0 }, { $0.frameSize = 31 },
            { $0.shortSide = 100 }, { $0.framesPerSecond = 0 }, { $0.inputScale = 0 }, { $0.labels = ["a"] },
        ]
        let network = try GoldenCheckpoint.reference()
        for change in changes {
            let directory = try TemporaryDirectory()
            var manifest = GoldenCheckpoint.manifest
            change(&manifest)
            let path = directory.file("a.safetensors")
            try network.write(safetensors: path, manifest: manifest)
            let error = try #require(throws: ModelError.self) { try Checkpoint.open(path) }
            #expect(error.file == path)
        }
    }
}
