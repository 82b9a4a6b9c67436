import Media
import TestSupport
import Testing

@testable import Decode

@Suite struct NumPyFileTests {
    /// A file in NumPy's format, with `text` as its header.
    private static func file(_ text: String, version: UInt8 = 1, data: [UInt8]) -> [UInt8] {
        let length = text.utf8.count
        let lengthBytes = (0..<(version == 1 ? 2 : 4)).map { UInt8(length >> (8 * $0) & 0xFF) }
        return [0x93] + Array("NUMPY".utf8) + [version, 0] + lengthBytes + Array(text.utf8) + data
    }

    private static func littleEndian<Value: BitwiseCopyable>(_ values: [Value]) -> [UInt8] {
        values.withUnsafeBytes { Array($0) }
    }

    @Test(arguments: [1, 2, 3] as [UInt8])
    func readsRowsOfEveryVersion(version: UInt8) throws {
        let directory = try TemporaryDirectory()
        let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (4, 2, 3), }      \n"
        let path = try directory.write(Self.file(header, version: version, data: Array(0..<24)), to: "a.npy")
        let array = try NumPyFile(path)
        #expect(array.shape == [4, 2, 3])
        #expect(array.elementType == .uint8)
        #expect(array.rowCount == 4)
        #expect(array.elementsPerRow == 6)
        #expect(try array.bytes(rows: 0..<4) == Array(0..<24))
        #expect(try array.bytes(rows: 2..<3) == Array(12..<18))
        #expect(try array.bytes(rows: 4..<4) == [])
        #expect(try array.floats(rows: 3..<4) == [18, 19, 20, 21, 22, 23])
    }

    @Test(arguments: [
        ("<f2", littleEndian([0x3C00, 0xC000, 0x0001] as [UInt16])),
        ("<f4", littleEndian([1, -2, 0x1p-24] as [Float])),
        ("<f8", littleEndian([1, -2, 0x1p-24] as [Double])),
    ])
    func convertsEveryFloat(descriptor: String, data: [UInt8]) throws {
        let directory = try TemporaryDirectory()
        let header = "{\"shape\": (3L,), 'fortran_order':False,'descr':'\(descriptor)'}"
        let array = try NumPyFile(directory.write(Self.file(header, data: data), to: "a.npy"))
        #expect(try array.floats(rows: 0..<3) == [1, -2, 0x1p-24])
        #expect(throws: MediaError.self) { try array.bytes(rows: 0..<1) }
    }

    @Test func readsArraysWithoutAxesOrElements() throws {
        let directory = try TemporaryDirectory()
        let scalar = "{'descr': '<f4', 'fortran_order': False, 'shape': (), }"
        let array = try NumPyFile(
            directory.write(Self.file(scalar, data: Self.littleEndian([3] as [Float])), to: "a.npy"))
        #expect(array.shape == [])
        #expect(try array.floats(rows: 0..<1) == [3])
        let empty = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 0), }"
        let none = try NumPyFile(directory.write(Self.file(empty, data: []), to: "b.npy"))
        #expect(try none.floats(rows: 0..<3) == [])
    }

    @Test(arguments: [
        "{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1), ",
        "{'descr': '<f4', 'fortran_order': False}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 0), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296, 4), }",
        "", "{", "{'descr", "{'descr': '<f4",
    ])
    func refusesOtherHeaders(header: String) throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(Self.file(header, data: [0, 0, 0, 0]), to: "a.npy")
        let error = #expect(throws: MediaError.self) { try NumPyFile(path) }
        #expect(error?.code == .notMedia)
        #expect(error?.file == path)
    }

    @Test func reportsMissingBytes() throws {
        let directory = try TemporaryDirectory()
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (5,), }"
        let path = try directory.write(Self.file(header, data: [UInt8](repeating: 0, count: 19)), to: "a.npy")
        let error = #expect(throws: MediaError.self) { try NumPyFile(path) }
        #expect(error?.code == .damaged)
        #expect(error?.description == "\(path): is truncated: shape [5] needs 20 bytes of data, 19 are there")
    }

    @Test func refusesRowsOutside() throws {
        let directory = try TemporaryDirectory()
        try NumPyFile.write(directory.file("a.npy"), shape: [3, 2], floats: [Float](repeating: 1, count: 6))
        let array = try NumPyFile(directory.file("a.npy"))
        #expect(throws: MediaError.self) { try array.floats(rows: 2..<4) }
        #expect(throws: MediaError.self) { try array.floats(rows: -1..<1) }
    }

    @Test(arguments: [[], [0], [1], [7], [2, 3], [3, 1, 0, 2], [2, 2, 2, 2, 2]] as [[Int]])
    func writesWhatItReads(shape: [Int]) throws {
        let directory = try TemporaryDirectory()
        let count = shape.reduce(1, *)
        let floats = (0..<count).map { Float($0) / 3 - 1 }
        try NumPyFile.write(directory.file("f.npy"), shape: shape, floats: floats)
        let array = try NumPyFile(directory.file("f.npy"))
        #expect(array.shape == shape)
        #expect(try array.floats(rows: 0..<array.rowCount) == floats)
        let bytes = (0..<count).map { UInt8($0) }
        try NumPyFile.write(directory.file("b.npy"), shape: shape, bytes: bytes)
        let byteArray = try NumPyFile(directory.file("b.npy"))
        #expect(try byteArray.bytes(rows: 0..<byteArray.rowCount) == bytes)
        // NumPy aligns its data to 64 bytes.
        #expect(try (directory.bytes(of: "b.npy").count - count).isMultiple(of: 64))
    }

    @Test func replacesOnlyWhenAsked() throws {
        let directory = try TemporaryDirectory()
        try NumPyFile.write(directory.file("a.npy"), shape: [1], floats: [1])
        let error = #expect(throws: MediaError.self) {
            try NumPyFile.write(directory.file("a.npy"), shape: [1], floats: [2])
        }
        #expect(error?.code == .outputExists)
        #expect(throws: MediaError.self) {
            try NumPyFile.write(directory.file("a.npy"), shape: [2], floats: [2], replacing: true)
        }
        #expect(try NumPyFile(directory.file("a.npy")).floats(rows: 0..<1) == [1])
        try NumPyFile.write(directory.file("a.npy"), shape: [1], floats: [2], replacing: true)
        #expect(try NumPyFile(directory.file("a.npy")).floats(rows: 0..<1) == [2])
        #expect(try directory.listing() == ["a.npy"])
    }

    @Test func survivesDamage() throws {
        let directory = try TemporaryDirectory()
        let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (4, 2, 3), }      \n"
        let original = Self.file(header, data: Array(0..<24))
        var mutator = Mutator(seed: 1)
        var refused = 0
        for _ in 0..<3_000 {
            let path = try directory.write(mutator.mutated(original), to: "a.npy")
            do {
                let array = try NumPyFile(path)
                // An array of more elements than the file has room for is refused before, so the array is empty.
                _ = try array.floats(rows: 0..<min(array.rowCount, 8))
            } catch {
                refused += 1
            }
        }
        #expect(refused > 1_000)
    }

    @Test(.tags(.shared), .enabled(if: SharedMaterial.isPresent, Comment(rawValue: SharedMaterial.skipReason)))
    func readsWhatNumPyWrote() throws {
        let clip = try NumPyFile(#require(SharedMaterial.path("golden/i3d-small/clip.npy")))
        #expect(clip.shape == [16, 112, 112, 3])
        #expect(clip.elementType == .uint8)
        #expect(try clip.bytes(rows: 15..<16).count == 112 * 112 * 3)
        let flow = try NumPyFile(#require(SharedMaterial.path("golden/i3d-small/flow.npy")))
        #expect(flow.shape == [16, 112, 112, 2])
        #expect(flow.elementType == .float32)
        #expect(try flow.floats(rows: 0..<16).allSatisfy(\.isFinite))
    }
}
