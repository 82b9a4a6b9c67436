/// A pickle machine that builds numbers, strings, lists, tuples, dictionaries, tensors and arrays, and nothing else.
///
/// A pickle is a program for a stack machine whose `REDUCE` calls any Python function by name, so that opening a
/// checkpoint can run arbitrary code. Here only the names in a short list (`PickleGlobals`) are allowed; any other name
/// is an error. Opcodes: CPython, `Lib/pickletools.py`.
struct Unpickler {
    private var reader: ByteReader
    private var pickle = Pickle()
    private var stack: [Pickle.Value] = []
    /// The stack's heights at the open marks.
    private var marks: [Int] = []
    private var memo: [Int: Pickle.Value] = [:]
    private let globals: any PickleGlobals.Type

    /// The maximum number of instructions, each of which may add a value to memory. A network has some hundred arrays
    /// and some ten thousand instructions.
    private static let maximumSteps = 1 << 20

    private init(_ reader: ByteReader, _ globals: any PickleGlobals.Type) {
        self.reader = reader
        self.globals = globals
    }

    /// Reads one pickle and moves `reader` past it.
    ///
    /// - Parameter globals: the names that the pickle may use.
    static func read(
        _ reader: inout ByteReader, globals: any PickleGlobals.Type = TorchGlobals.self
    ) throws(ModelError) -> Pickle {
        var machine = Unpickler(reader, globals)
        var steps = 1
        while try machine.step() {
            steps += 1
            guard steps <= Self.maximumSteps else {
                throw machine.reader.malformed("has a pickle of more than \(Self.maximumSteps) instructions")
            }
        }
        reader = machine.reader
        return machine.pickle
    }

    /// Executes one instruction; returns false after the last.
    private mutating func step() throws(ModelError) -> Bool {
        let code = try reader.byte()
        guard let operation = Opcode(rawValue: code) else {
            throw ModelError(
                .forbiddenPickle, "uses pickle instruction 0x\(String(code, radix: 16)), which tensors do not need",
                file: reader.file)
        }
        switch operation {
        case .stop:
            pickle.root = try pop()
            return false
        case .proto:
            _ = try reader.byte()
        case .frame:
            _ = try reader.slice(8)

        case .none: stack.append(.none)
        case .newTrue: stack.append(.bool(true))
        case .newFalse: stack.append(.bool(false))
        case .binInt: stack.append(.int(Int(try reader.integer(Int32.self))))
        case .binInt1: stack.append(.int(Int(try reader.byte())))
        case .binInt2: stack.append(.int(Int(try reader.integer(UInt16.self))))
        case .long1: stack.append(try integer(byteCount: Int(reader.byte())))
        case .long4: stack.append(try integer(byteCount: Int(reader.integer(Int32.self))))
        case .binFloat: stack.append(.float(Double(bitPattern: try reader.integer(UInt64.self).byteSwapped)))
        case .int, .long, .float: stack.append(try number())

        case .shortBinString, .shortBinUnicode: try pushString(Int(reader.byte()))
        case .binString: try pushString(Int(reader.integer(Int32.self)))
        case .binUnicode: try pushString(Int(reader.integer(UInt32.self)))
        case .binUnicode8: try pushString(Int(exactly: reader.integer(UInt64.self)) ?? -1)
        case .unicode: stack.append(.string(String(decoding: try reader.line(), as: UTF8.self)))
        case .shortBinBytes: try pushBytes(Int(reader.byte()))
        case .binBytes: try pushBytes(Int(reader.integer(UInt32.self)))
        case .binBytes8, .byteArray8: try pushBytes(Int(exactly: reader.integer(UInt64.self)) ?? -1)

        case .mark: marks.append(stack.count)
        case .pop: if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
        case .popMark: _ = try popToMark()
        case .dup: stack.append(try top())

        case .emptyList: pushList([])
        case .list: pushList(try popToMark())
        case .append: try append([pop()])
        case .appends: try append(popToMark())
        case .emptyTuple: pushTuple([])
        case .tuple: pushTuple(try popToMark())
        case .tuple1: pushTuple([try pop()])
        case .tuple2: try pushTuple(pop(2))
        case .tuple3: try pushTuple(pop(3))
        case .emptyDict: pushDictionary([])
        case .dict: pushDictionary(try Self.pairs(popToMark(), reader.file))
        case .setItem: try insert(Self.pairs(pop(2), reader.file))
        case .setItems: try insert(Self.pairs(popToMark(), reader.file))

        case .put: memo[try lineInteger()] = try top()
        case .binPut: memo[Int(try reader.byte())] = try top()
        case .longBinPut: memo[Int(try reader.integer(UInt32.self))] = try top()
        case .memoize: memo[memo.count] = try top()
        case .get: try pushMemo(lineInteger())
        case .binGet: try pushMemo(Int(reader.byte()))
        case .longBinGet: try pushMemo(Int(reader.integer(UInt32.self)))

        case .global:
            let module = try reader.line()
            try pushGlobal(String(decoding: module, as: UTF8.self), String(decoding: reader.line(), as: UTF8.self))
        case .stackGlobal:
            guard case (.string(let module), .string(let name)) = try pair() else {
                throw reader.malformed("has a pickle with a global whose name is not a string")
            }
            try pushGlobal(module, name)
        case .reduce:
            guard case (let function, .tuple(let arguments)) = try pair() else {
                throw reader.malformed("has a pickle that calls something without arguments")
            }
            stack.append(try globals.call(function, pickle.tuples[arguments], &pickle, file: reader.file))
        case .build:
            let state = try pop()
            try globals.build(peek(below: 0), state, &pickle, file: reader.file)
        case .binPersistentID:
            stack.append(try globals.storage(pop(), &pickle, file: reader.file))
        }
        return true
    }

    // MARK: The stack

    /// Values below the last mark cannot be popped.
    private mutating func pop() throws(ModelError) -> Pickle.Value {
        guard stack.count > marks.last ?? 0, let value = stack.popLast() else { throw underflow }
        return value
    }

    private mutating func pop(_ count: Int) throws(ModelError) -> [Pickle.Value] {
        guard stack.count - (marks.last ?? 0) >= count else { throw underflow }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func pair() throws(ModelError) -> (Pickle.Value, Pickle.Value) {
        let second = try pop()
        return (try pop(), second)
    }

    private mutating func popToMark() throws(ModelError) -> [Pickle.Value] {
        guard let mark = marks.popLast() else { throw underflow }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[mark...])
    }

    private func top() throws(ModelError) -> Pickle.Value { try peek(below: 0) }

    private func peek(below depth: Int) throws(ModelError) -> Pickle.Value {
        guard stack.count - (marks.last ?? 0) > depth else { throw underflow }
        return stack[stack.count - 1 - depth]
    }

    private mutating func pushMemo(_ index: Int) throws(ModelError) {
        guard let value = memo[index] else {
            throw reader.malformed("has a pickle that recalls a value it never stored")
        }
        stack.append(value)
    }

    private mutating func pushGlobal(_ module: String, _ name: String) throws(ModelError) {
        stack.append(try globals.global(module, name, file: reader.file))
    }

    private var underflow: ModelError { reader.malformed("has a pickle that pops more values than it has pushed") }

    // MARK: Containers

    private mutating func pushList(_ values: [Pickle.Value]) {
        pickle.lists.append(values)
        stack.append(.list(pickle.lists.count - 1))
    }

    private mutating func pushTuple(_ values: [Pickle.Value]) {
        pickle.tuples.append(values)
        stack.append(.tuple(pickle.tuples.count - 1))
    }

    private mutating func pushDictionary(_ pairs: [(key: Pickle.Value, value: Pickle.Value)]) {
        pickle.dictionaries.append(pairs)
        stack.append(.dictionary(pickle.dictionaries.count - 1))
    }

    private mutating func append(_ values: [Pickle.Value]) throws(ModelError) {
        guard case .list(let index) = try top() else {
            throw reader.malformed("has a pickle that appends to something that is not a list")
        }
        pickle.lists[index] += values
    }

    private mutating func insert(_ pairs: [(key: Pickle.Value, value: Pickle.Value)]) throws(ModelError) {
        guard case .dictionary(let index) = try top() else {
            throw reader.malformed("has a pickle that inserts into something that is not a dictionary")
        }
        pickle.dictionaries[index] += pairs
    }

    /// This is static because a copy of `self` that exists while its argument is popped would make every call copy the
    /// whole stack.
    private static func pairs(
        _ values: [Pickle.Value], _ file: String
    ) throws(ModelError) -> [(key: Pickle.Value, value: Pickle.Value)] {
        guard values.count.isMultiple(of: 2) else {
            throw ModelError(.malformed, "has a pickle with a key without a value", file: file)
        }
        return stride(from: 0, to: values.count, by: 2).map { (values[$0], values[$0 + 1]) }
    }

    // MARK: Numbers and strings

    /// Two's complement, least significant byte first.
    private mutating func integer(byteCount: Int) throws(ModelError) -> Pickle.Value {
        let bytes = try reader.slice(byteCount)
        guard byteCount <= 8 else { return .bigInt(Array(bytes)) }
        let sign: UInt64 = bytes.last.map { $0 & 0x80 != 0 } == true ? .max : 0
        return .int(Int(truncatingIfNeeded: bytes.reversed().reduce(sign) { $0 << 8 | UInt64($1) }))
    }

    /// A line of text: "12", "12L", "1.5"; "00" and "01" are the booleans of the oldest protocol.
    private mutating func number() throws(ModelError) -> Pickle.Value {
        let text = String(decoding: try reader.line(), as: UTF8.self)
        switch text {
        case "00": return .bool(false)
        case "01": return .bool(true)
        default: break
        }
        if let value = Int(text.hasSuffix("L") ? String(text.dropLast()) : text) { return .int(value) }
        guard let value = Double(text) else { throw reader.malformed("has a pickle with a malformed number") }
        return .float(value)
    }

    private mutating func lineInteger() throws(ModelError) -> Int {
        guard case .int(let value) = try number() else {
            throw reader.malformed("has a pickle with a malformed number")
        }
        return value
    }

    private mutating func pushString(_ count: Int) throws(ModelError) {
        stack.append(.string(String(decoding: try reader.slice(count), as: UTF8.self)))
    }

    private mutating func pushBytes(_ count: Int) throws(ModelError) {
        let offset = reader.position
        _ = try reader.slice(count)
        stack.append(.bytes(offset: offset, count: count))
    }
}
