import TestSupport
import Testing

@testable import Engine

@Suite struct UnpicklerTests {
    private func read(_ program: [UInt8]) throws -> Pickle {
        var reader = ByteReader(program, file: "a.pt")
        return try Unpickler.read(&reader)
    }

    private func read(_ program: String) throws -> Pickle { try read(Array(program.utf8)) }

    /// `pickle.dumps({"a": [1, -2, 2.5, None, True], "b": (3,)}, protocol).hex()` of CPython, protocols 0, 1, 2, 4, 5.
    private static let longIntegers: [([UInt8], Pickle.Value)] = [
        ([0x8A, 0], .int(0)),
        ([0x8A, 1, 0xFF], .int(-1)),
        ([0x8A, 2, 0x00, 0x80], .int(-32768)),
        ([0x8A, 2, 0xFF, 0x00], .int(255)),
        ([0x8A, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1], .bigInt([1, 1, 1, 1, 1, 1, 1, 1, 1])),
        ([0x8B, 1, 0, 0, 0, 5], .int(5)),
    ]

    @Test(arguments: longIntegers)
    func longIntegersAreTwosComplement(program: [UInt8], value: Pickle.Value) throws {
        #expect(try read(program + [0x2E]).root == value)
    }

    @Test(arguments: [
        ("cos\nsystem\n(S'rm -rf /'\ntR.", "os.system"),
        ("cbuiltins\neval\n.", "builtins.eval"),
        ("cnumpy.core.multiarray\nscalar\n.", "numpy.core.multiarray.scalar"),
        ("cargparse\nNamespace\n)\u{81}.", "argparse.Namespace"),
        ("ctorch.nn.modules.linear\nLinear\n.", "torch.nn.modules.linear.Linear"),
        ("ctorch\nload\n.", "torch.load"),
    ])
    func otherGlobalsAreNamed(program: String, global: String) throws {
        let error = try #require(throws: ModelError.self) { try read(program) }
        #expect(error.code == .forbiddenPickle)
        #expect(error.reason.contains("asks for \(global),"))
    }

    @Test func globalsFromTheStackAreNamedToo() throws {
        let program = [0x80, 4, 0x8C, 2] + Array("os".utf8) + [0x8C, 6] + Array("system".utf8) + [0x93, 0x2E]
        let error = try #require(throws: ModelError.self) { try read(program) }
        #expect(error.code == .forbiddenPickle)
        #expect(error.reason.contains("os.system"))
    }

    @Test(arguments: [
        "(ios\nsystem\n.", "\u{81}.", "o.", "\u{82}\u{1}.", "P12\n.", "\u{8f}.",
        // Calls of something that is not a function: a string, a storage type.
        "Vx\n)R.", "ctorch\nFloatStorage\n)R.", "N}b.",
    ])
    func otherInstructionsAreRefused(program: String) throws {
        let error = try #require(throws: ModelError.self) { try read(program.unicodeScalars.map { UInt8($0.value) }) }
        #expect(error.code == .forbiddenPickle)
    }

    @Test(arguments: [
        "", ".", "0.", "1.", "(0.", "t.", "R.", "a.", "(e.", "s.", "(Nu.", "}(Nu.", "(Nd.", "h\u{1}.", "g1\n.", "Ix\n.",
        "K.", "X\u{FF}\0\0\0a.", "T\u{0}\0\0\u{80}.", "NQ.", ")Q.", "((NQ.", "2.", "q\0.", "}N(s.", "]Na(b.",
        "(NN\u{87}.",
        "ccollections\nOrderedDict\nNR.", "ccollections\nOrderedDict\n(NtR.", "ccollections\nOrderedDict\n(](Naat.",
    ])
    func malformedProgramsAreRefused(program: String) throws {
        #expect(throws: ModelError.self) { try read(program.unicodeScalars.map { UInt8($0.value) }) }
    }

    /// `numpy.core.multiarray._reconstruct(numpy.ndarray, (0,), "b")` with this shape, of float64 without bytes.
    private func array(_ shape: [Int]) -> [UInt8] {
        let sizes = shape.map { size -> [UInt8] in
            [0x8A, 8] + withUnsafeBytes(of: Int64(size).littleEndian, Array.init)
        }
        return Array("}Va\ncnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK".utf8)
            + [0] + Array("tR(K".utf8) + [1, 0x28] + sizes.flatMap(\.self)
            + Array("tcnumpy\ndtype\n(Vf8\ntR(K".utf8) + [3] + Array("V<\ntb".utf8) + [0x89, 0x43, 0]
            + Array("tbs.".utf8)
    }

    @Test(
        "An array with an empty axis is read, however large the others are",
        arguments: [[1 << 30, 1 << 30, 0], [0], [2, 0]])
    func emptyArrays(shape: [Int]) throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(array(shape), to: "a.pickle")
        let reader = try NumPyPickleFile(path)
        #expect(reader.tensors.map(\.shape) == [shape] && reader.tensors.map(\.location.size) == [0])
        #expect(try reader.values(of: reader.tensors[0]) == [])
    }

    @Test func arraysOfImpossibleShapesAreRefused() throws {
        let directory = try TemporaryDirectory()
        for shape in [[1 << 40, 1 << 40], [-1], [1 << 62, 8], [1]] {
            let path = try directory.write(array(shape), to: "a.pickle")
            #expect(throws: ModelError.self, "\(shape)") { try NumPyPickleFile(path) }
        }
    }

    /// Each instruction may add a value to memory, and takes a byte of the file.
    @Test func programsOfMillionsOfInstructionsAreRefused() throws {
        for code in [UInt8(ascii: "N"), 0x85] {
            let error = try #require(throws: ModelError.self) {
                try read([UInt8(ascii: "N")] + [UInt8](repeating: code, count: 2 << 20) + [UInt8(ascii: ".")])
            }
            #expect(error.code == .malformed && error.reason.contains("instructions"), "\(error)")
        }
    }

    /// A program that calls `_rebuild_tensor_v2(storage of 10 floats, offset, size, stride)`.
    private func tensor(offset: Int, size: String, stride: String) -> String {
        "ctorch._utils\n_rebuild_tensor_v2\n((Vstorage\nctorch\nFloatStorage\nV0\nVcpu\nI10\ntQI\(offset)\n"
            + "\(size)\(stride)I00\nccollections\nOrderedDict\n)RtR."
    }

    @Test func viewsInsideTheirStorageAreBuilt() throws {
        let pickle = try read(tensor(offset: 1, size: "(I3\nI2\nt", stride: "(I3\nI1\nt"))
        #expect(pickle.root == .tensor(0))
        #expect(pickle.storages == [.init(elementType: .float32, key: "0", count: 10)])
        #expect(pickle.tensors == [.init(storage: 0, offset: 1, shape: [3, 2], strides: [3, 1])])
        #expect(try read(tensor(offset: 10, size: "(I0\nt", stride: "(I1\nt")).tensors.count == 1)
    }

    @Test(arguments: [
        (3, "(I3\nI2\nt", "(I3\nI1\nt"), (-1, "(I1\nt", "(I1\nt"), (0, "(I11\nt", "(I1\nt"), (0, "(I2\nt", "(I-1\nt"),
        (0, "(I-2\nt", "(I1\nt"), (0, "(I2\nI2\nt", "(I1\nt"), (9_223_372_036_854_775_807, "(I2\nt", "(I1\nt"),
        (0, "(I3\nt", "(I4611686018427387904\nt"), (0, "(I4611686018427387904\nI4\nt", "(I0\nI0\nt"),
        // One stored element stands for a million.
        (0, "(I1000000\nt", "(I0\nt"), (11, "(I0\nt", "(I1\nt"), (0, "N", "N"),
    ])
    func viewsOutsideAreRefused(offset: Int, size: String, stride: String) throws {
        let error = try #require(throws: ModelError.self) {
            try read(tensor(offset: offset, size: size, stride: stride))
        }
        #expect(error.code == .malformed)
    }

    @Test func deepNestingAndCyclesAreFlat() throws {
        // Half a million nested lists, as many as the limit of instructions allows; a dictionary that contains itself.
        let deep = [UInt8](repeating: 0x5D, count: 500_000) + [UInt8](repeating: 0x61, count: 499_999) + [0x2E]
        #expect(try read(deep).lists.count == 500_000)
        let cycle = try read("}p0\nVstate_dict\ng0\ns.")
        #expect(throws: ModelError.self) { try TorchStateDict.tensors(of: cycle, file: "a.pt") }
    }

    @Test func oneLongListBuildsOnlyOneLongDictionary() throws {
        // Repeated OrderedDict(list) with one list from the memo: the first call empties the list.
        let list = "(l" + (0..<1000).map { "(Vk\($0)\nNta" }.joined() + "p0\n0"
        let call = "ccollections\nOrderedDict\n(g0\ntR0"
        let pickle = try read(list + String(repeating: call, count: 1000) + "N.")
        #expect(pickle.dictionaries.reduce(0) { $0 + $1.count } == 1000)
    }

    /// Small files must be fast to read: one string of 4 MB as the key of 20,000 tensors, full of separators.
    @Test(.hangLimit) func longNamesAreHandledQuickly() throws {
        let name = String(repeating: ".", count: 4 << 20)
        #expect(VariableNaming.place(of: name) == nil)
        let length = (0..<4).map { UInt8(truncatingIfNeeded: name.utf8.count >> (8 * $0)) }
        let tensor = Array(tensor(offset: 0, size: "(I1\nt", stride: "(I1\nt").utf8.dropLast()) + [0x71, 1, 0x30]
        let program =
            tensor + [0x58] + length + Array(name.utf8) + [0x71, 0, 0x30, 0x7D, 0x28]
            + Array(repeatElement([0x68, 0, 0x68, 1] as [UInt8], count: 20_000).joined()) + [0x75, 0x2E]
        let pickle = try read(program)
        #expect(pickle.dictionaries.last?.count == 20_000)
        let error = try #require(throws: ModelError.self) { try TorchStateDict.tensors(of: pickle, file: "a.pt") }
        #expect(error.code == .missingVariable)
    }
}
