/// The few globals that a pickle of NumPy arrays may use, and the results of calling them. (NumPy,
/// `numpy/_core/multiarray.py`.)
enum NumPyGlobals: PickleGlobals {
    private static let array = "numpy.ndarray"
    private static let type = "numpy.dtype"
    /// NumPy 2 has renamed its inner modules.
    private static let reconstruct = ["numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct"]
    private static let fromBuffer = ["numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer"]
    private static let scalar = ["numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar"]
    private static let orderedDictionary = "collections.OrderedDict"

    /// The maximum number of arrays, since a call of a few bytes can create many. A network has some hundred.
    private static let maximumArrays = 65_536

    static func global(_ module: String, _ name: String, file: String) throws(ModelError) -> Pickle.Value {
        let global = "\(module).\(name)"
        guard ([array, type, orderedDictionary] + reconstruct + fromBuffer + scalar).contains(global) else {
            // Protocols before 3 have no bytes; they decode them from text.
            let advice =
                global == "_codecs.encode" ? "write it with protocol 4" : "save plain dictionaries of NumPy arrays"
            throw ModelError(
                .forbiddenPickle, "asks for \(global), which arrays do not need: \(advice)", file: file)
        }
        return .global(global)
    }

    static func call(
        _ function: Pickle.Value, _ arguments: [Pickle.Value], _ pickle: inout Pickle, file: String
    ) throws(ModelError) -> Pickle.Value {
        guard case .global(let name) = function else {
            throw ModelError(.forbiddenPickle, "calls something that is not a function", file: file)
        }
        guard pickle.arrays.count < maximumArrays, pickle.arrayTypes.count < maximumArrays else {
            throw malformed("more than \(maximumArrays) arrays", file)
        }
        switch name {
        case _ where reconstruct.contains(name):
            // The arguments are the class, and a shape and a type that the state replaces.
            guard arguments.first == .global(array) else { throw malformed("an array of an unknown class", file) }
            pickle.arrays.append(Pickle.Array())
            return .array(pickle.arrays.count - 1)
        case _ where fromBuffer.contains(name):
            guard arguments.count == 4, case .string(let order) = arguments[3], ["C", "F"].contains(order) else {
                throw malformed("an array of a buffer without bytes, type, shape and order", file)
            }
            let array = try array(
                arguments[0], arguments[1], arguments[2], isColumnMajor: order == "F", pickle, file)
            pickle.arrays.append(array)
            return .array(pickle.arrays.count - 1)
        case type:
            guard case .string(let name)? = arguments.first, name.utf8.count <= 64 else {
                throw malformed("a type without a name", file)
            }
            pickle.arrayTypes.append(Pickle.ArrayType(name: name))
            return .arrayType(pickle.arrayTypes.count - 1)
        case _ where scalar.contains(name):
            // Scalars are training counters and do not belong to the network.
            return .none
        case orderedDictionary:
            guard arguments.isEmpty else { throw malformed("an OrderedDict that is made of something", file) }
            pickle.dictionaries.append([])
            return .dictionary(pickle.dictionaries.count - 1)
        default:
            throw ModelError(.forbiddenPickle, "calls \(name)", file: file)
        }
    }

    static func storage(_ id: Pickle.Value, _ pickle: inout Pickle, file: String) throws(ModelError) -> Pickle.Value {
        throw malformed("a persistent identifier, which arrays do not have", file)
    }

    static func build(
        _ object: Pickle.Value, _ state: Pickle.Value, _ pickle: inout Pickle, file: String
    ) throws(ModelError) {
        switch object {
        case .dictionary: break
        case .array(let index):
            // (version, shape, type, whether the first axis is contiguous, bytes)
            guard case .tuple(let tuple) = state, pickle.tuples[tuple].count == 5,
                case .bool(let isColumnMajor) = pickle.tuples[tuple][3]
            else { throw malformed("an array without shape, type and bytes", file) }
            let parts = pickle.tuples[tuple]
            pickle.arrays[index] = try array(
                parts[4], parts[2], parts[1], isColumnMajor: isColumnMajor, pickle, file)
        case .arrayType(let index):
            // (version, byte order, …)
            guard case .tuple(let tuple) = state, pickle.tuples[tuple].count >= 2,
                case .string(let order) = pickle.tuples[tuple][1], ["<", ">", "=", "|"].contains(order)
            else { throw malformed("a type without a byte order", file) }
            pickle.arrayTypes[index].isBigEndian = order == ">"
        default:
            throw ModelError(
                .forbiddenPickle, "has a pickle that sets the state of an object that is neither array nor dictionary",
                file: file)
        }
    }

    private static func array(
        _ bytes: Pickle.Value, _ type: Pickle.Value, _ shape: Pickle.Value, isColumnMajor: Bool, _ pickle: Pickle,
        _ file: String
    ) throws(ModelError) -> Pickle.Array {
        guard case .arrayType(let type) = type, case .tuple(let axes) = shape else {
            throw malformed("an array without shape and type", file)
        }
        let elementType = pickle.arrayTypes[type].elementType
        let sizes = pickle.tuples[axes].compactMap { if case .int(let size) = $0 { size } else { nil } }
        // NumPy's own limit is 64 axes.
        guard sizes.count == pickle.tuples[axes].count, sizes.count <= 64, let count = StoredTensor.count(of: sizes)
        else { throw malformed("an array of an impossible shape", file) }
        // Arrays of Python objects are stored as lists. The sizes of other types do not matter here.
        guard elementType.isFloat, let size = elementType.size else {
            return Pickle.Array(elementType: elementType, shape: sizes)
        }
        guard case .bytes(let offset, let byteCount) = bytes,
            count.multipliedReportingOverflow(by: size) == (byteCount, false)
        else { throw malformed("an array whose bytes are not those of shape \(sizes) of \(elementType)", file) }
        return Pickle.Array(elementType: elementType, shape: sizes, isColumnMajor: isColumnMajor, offset: offset)
    }

    private static func malformed(_ what: String, _ file: String) -> ModelError {
        ModelError(.malformed, "has a pickle with \(what)", file: file)
    }
}

extension Pickle.ArrayType {
    /// The element type. Big-endian types have a name but cannot be read.
    fileprivate var elementType: ElementType {
        let name = name.first.map { "<>=|".contains($0) } == true ? String(name.dropFirst()) : name
        let isBigEndian = isBigEndian || self.name.hasPrefix(">")
        return isBigEndian ? .other(">" + name, size: nil) : ElementType(numPy: "<" + name)
    }
}
