/// The few globals that a pickle of tensors may use, and the results of calling them.
enum TorchGlobals: PickleGlobals {
    private static let orderedDictionary = "collections.OrderedDict"
    private static let rebuildTensor = "torch._utils._rebuild_tensor"
    private static let rebuildTensor2 = "torch._utils._rebuild_tensor_v2"
    private static let rebuildParameter = "torch._utils._rebuild_parameter"
    private static let size = "torch.Size"

    /// A call of a few bytes builds a large value, so the number is limited; a network has a few hundred tensors.
    private static let maximumTensors = 65_536

    /// Element types by the storage classes that pickles name.
    private static let storageTypes: [String: ElementType] = [
        "torch.FloatStorage": .float32,
        "torch.DoubleStorage": .float64,
        "torch.HalfStorage": .float16,
        "torch.BFloat16Storage": .bfloat16,
        "torch.LongStorage": .other("int64", size: 8),
        "torch.IntStorage": .other("int32", size: 4),
        "torch.ShortStorage": .other("int16", size: 2),
        "torch.CharStorage": .other("int8", size: 1),
        "torch.ByteStorage": .other("uint8", size: 1),
        "torch.BoolStorage": .other("bool", size: 1),
    ]

    /// The global of that name, if it is allowed.
    static func global(_ module: String, _ name: String, file: String) throws(ModelError) -> Pickle.Value {
        let global = "\(module).\(name)"
        let functions = [orderedDictionary, rebuildTensor, rebuildTensor2, rebuildParameter, size]
        guard functions.contains(global) || storageTypes[global] != nil else {
            throw ModelError(
                .forbiddenPickle,
                "asks for \(global), which tensors do not need: save the state dict alone (model.state_dict())",
                file: file)
        }
        return .global(global)
    }

    /// The result of `function(*arguments)`.
    static func call(
        _ function: Pickle.Value, _ arguments: [Pickle.Value], _ pickle: inout Pickle, file: String
    ) throws(ModelError) -> Pickle.Value {
        guard case .global(let name) = function else {
            throw ModelError(.forbiddenPickle, "calls something that is not a function", file: file)
        }
        switch name {
        case orderedDictionary:
            let pairs = try pairs(arguments, &pickle, file)
            pickle.dictionaries.append(pairs)
            return .dictionary(pickle.dictionaries.count - 1)
        case rebuildTensor, rebuildTensor2:
            let tensor = try tensor(arguments, pickle, file)
            guard pickle.tensors.count < maximumTensors else {
                throw malformed("more than \(maximumTensors) tensors", file)
            }
            pickle.tensors.append(tensor)
            return .tensor(pickle.tensors.count - 1)
        case rebuildParameter:
            guard case .tensor? = arguments.first else { throw malformed("a parameter without a tensor", file) }
            return arguments[0]
        case size:
            guard case .tuple? = arguments.first else { throw malformed("a size that is not a tuple", file) }
            return arguments[0]
        default:
            throw ModelError(.forbiddenPickle, "calls \(name)", file: file)
        }
    }

    /// A persistent identifier: `("storage", type, key, device, element count)`; legacy files add a view, always None.
    static func storage(_ id: Pickle.Value, _ pickle: inout Pickle, file: String) throws(ModelError) -> Pickle.Value {
        guard case .tuple(let index) = id else { throw malformed("a storage without a description", file) }
        let parts = pickle.tuples[index]
        guard parts.count == 5 || (parts.count == 6 && parts[5] == .none), parts[0] == .string("storage"),
            case .global(let type) = parts[1], let elementType = storageTypes[type],
            case .string(let key) = parts[2], key.utf8.count <= 64, case .int(let count) = parts[4], count >= 0
        else { throw malformed("a storage of an unknown kind", file) }
        guard pickle.storages.count < maximumTensors else {
            throw malformed("more than \(maximumTensors) storages", file)
        }
        pickle.storages.append(Pickle.Storage(elementType: elementType, key: key, count: count))
        return .storage(pickle.storages.count - 1)
    }

    /// `OrderedDict()` or, from old Pythons, `OrderedDict([[key, value], …])`.
    ///
    /// The list is emptied, so that repeated calls with one long list do not each build a long dictionary.
    private static func pairs(
        _ arguments: [Pickle.Value], _ pickle: inout Pickle, _ file: String
    ) throws(ModelError) -> [(key: Pickle.Value, value: Pickle.Value)] {
        guard let argument = arguments.first else { return [] }
        guard arguments.count == 1, case .list(let list) = argument else {
            throw malformed("an OrderedDict of something that is not a list", file)
        }
        let items = pickle.lists[list]
        pickle.lists[list] = []
        var pairs: [(key: Pickle.Value, value: Pickle.Value)] = []
        for item in items {
            let pair: [Pickle.Value] =
                switch item {
                case .list(let index): pickle.lists[index]
                case .tuple(let index): pickle.tuples[index]
                default: []
                }
            guard pair.count == 2 else { throw malformed("an OrderedDict of something that is not a pair", file) }
            pairs.append((pair[0], pair[1]))
        }
        return pairs
    }

    /// `(storage, offset, size, stride, …)`; `requires_grad` and the hooks that follow are ignored.
    private static func tensor(
        _ arguments: [Pickle.Value], _ pickle: Pickle, _ file: String
    ) throws(ModelError) -> Pickle.Tensor {
        guard arguments.count >= 4, case .storage(let storage) = arguments[0], case .int(let offset) = arguments[1],
            let shape = integers(arguments[2], pickle), let strides = integers(arguments[3], pickle)
        else { throw malformed("a tensor without storage, offset, size and stride", file) }
        guard let count = StoredTensor.count(of: shape), strides.count == shape.count,
            strides.allSatisfy({ $0 >= 0 }), offset >= 0
        else { throw malformed("a tensor of the impossible size \(shape), strides \(strides)", file) }
        var last = offset
        for (size, stride) in zip(shape, strides) where count > 0 {
            let (reach, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
            let (sum, overflow2) = last.addingReportingOverflow(reach)
            guard !overflow, !overflow2 else { throw malformed("a tensor beyond all storage", file) }
            last = sum
        }
        let available = pickle.storages[storage].count
        guard count == 0 ? offset <= available : last < available else {
            throw ModelError(
                .malformed, "has a tensor that reaches element \(last) of a storage of \(available)", file: file)
        }
        // With a stride of 0, one stored element could stand for any number of elements.
        guard count <= available else {
            throw ModelError(
                .malformed, "has a tensor of \(count) elements over a storage of \(available): save it contiguous",
                file: file)
        }
        return Pickle.Tensor(storage: storage, offset: offset, shape: shape, strides: strides)
    }

    private static func integers(_ value: Pickle.Value, _ pickle: Pickle) -> [Int]? {
        let values: [Pickle.Value]
        switch value {
        case .tuple(let index): values = pickle.tuples[index]
        case .list(let index): values = pickle.lists[index]
        default: return nil
        }
        let integers = values.compactMap { if case .int(let integer) = $0 { integer } else { nil } }
        return integers.count == values.count && integers.count <= 64 ? integers : nil
    }

    private static func malformed(_ what: String, _ file: String) -> ModelError {
        ModelError(.malformed, "has a pickle with \(what)", file: file)
    }
}
