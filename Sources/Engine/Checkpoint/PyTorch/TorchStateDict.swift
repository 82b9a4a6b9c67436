/// Finds the state dict in a pickle, wherever a training script has put it: its tensors by name.
enum TorchStateDict {
    /// Keys under which scripts save the network, the most common first.
    private static let usualKeys = ["state_dict", "model_state_dict", "model", "net", "network", "module"]

    /// In bytes. A pickle may use one string of megabytes a million times; names of variables are never longer than
    /// this.
    private static let maximumKeyLength = 1024

    /// The named tensors of the dictionary with the most variables of the network: the pickle's root, or a dictionary
    /// up to three keys deep in it.
    static func tensors(of pickle: Pickle, file: String) throws(ModelError) -> [(name: String, tensor: Pickle.Tensor)] {
        guard case .dictionary(let root) = pickle.root else {
            throw ModelError(.malformed, "holds no dictionary of tensors", file: file)
        }
        let candidates = dictionaries(under: root, of: pickle).map { path, dictionary in
            let tensors = tensors(of: dictionary, pickle)
            return (path, tensors, knownCount: tensors.count { VariableNaming.place(of: $0.name) != nil })
        }
        let maximum = candidates.map(\.knownCount).max() ?? 0
        let best = candidates.filter { $0.knownCount == maximum }
        guard maximum > 0 else {
            throw ModelError(.missingVariable, "holds no variable of an Inception-I3D network", file: file)
        }
        if best.count == 1 { return best[0].1 }
        for key in usualKeys {
            if let usual = best.first(where: { $0.0.last == key }) { return usual.1 }
        }
        let paths = best.prefix(8).map { $0.0.joined(separator: ".") }.joined(separator: ", ")
        throw ModelError(.malformed, "holds several networks: \(paths)", file: file)
    }

    /// Every dictionary that is reached by string keys, the root first, each once.
    private static func dictionaries(under root: Int, of pickle: Pickle) -> [(path: [String], index: Int)] {
        var found: [(path: [String], index: Int)] = [([], root)]
        var seen: Set = [root]
        var next = 0
        while next < found.count {
            let (path, index) = found[next]
            next += 1
            guard path.count < 3 else { continue }
            for case (.string(let key), .dictionary(let child)) in pickle.dictionaries[index]
            where key.utf8.count <= maximumKeyLength && seen.insert(child).inserted {
                found.append((path + [key], child))
            }
        }
        return found
    }

    private static func tensors(of index: Int, _ pickle: Pickle) -> [(name: String, tensor: Pickle.Tensor)] {
        var names: Set<String> = []
        // The last of several equal keys counts, as in Python.
        return pickle.dictionaries[index].reversed().compactMap { key, value in
            guard case (.string(let name), .tensor(let tensor)) = (key, value), name.utf8.count <= maximumKeyLength,
                names.insert(name).inserted
            else { return nil }
            return (name, pickle.tensors[tensor])
        }.reversed()
    }
}
