/// The tensors of a checkpoint, assigned to the variables of the network.
struct StoredNetwork: Sendable {
    /// By unit (the head is one), then by role.
    private(set) var units: [String: [VariableNaming.Role: StoredTensor]] = [:]
    /// The common prefix of the known names.
    private(set) var prefix = ""
    private(set) var naming = VariableNaming.tensorFlow
    /// Names of tensors that only training needs: optimizer slots, counters.
    private(set) var skipped: [String] = []
    /// Names of tensors that do not belong to the network.
    private(set) var unknown: [String] = []
    /// Named in errors.
    let file: String

    init(_ tensors: [StoredTensor], file: String) throws(ModelError) {
        self.file = file
        let places = tensors.map { ($0, VariableNaming.place(of: $0.name)) }
        prefix = try Self.commonPrefix(of: places.compactMap { $0.1?.prefix }, file: file)
        let names = Set(tensors.map(\.name))
        for case (let tensor, let found) in places {
            guard let (prefix, place) = found, prefix == self.prefix else {
                if Self.isTrainingState(tensor.name, beside: names) {
                    skipped.append(tensor.name)
                } else {
                    unknown.append(tensor.name)
                }
                continue
            }
            guard place.naming == naming || units.isEmpty else {
                throw ModelError(
                    .malformed, "follows another naming convention than the variables before it", file: file,
                    variable: tensor.name
                )
            }
            naming = place.naming
            if place.role == .batchCount {
                skipped.append(tensor.name)
            } else if let other = units[place.unit, default: [:]].updateValue(tensor, forKey: place.role) {
                throw ModelError(
                    .malformed,
                    "stands for the same variable as \(other.name); a checkpoint holds each under one name",
                    file: file, variable: tensor.name)
            }
        }
    }

    /// A tensor of a unit; it is an error if it is missing.
    func tensor(_ role: VariableNaming.Role, of unit: String) throws(ModelError) -> StoredTensor {
        guard let tensor = units[unit]?[role] else {
            let name = naming.name(of: role, unit: unit).map { prefix + $0 }
            throw ModelError(.missingVariable, "is not in the checkpoint", file: file, variable: name)
        }
        guard tensor.elementType.isFloat else {
            throw ModelError(
                .wrongShape, "has elements of type \(tensor.elementType); a floating-point type is needed", file: file,
                variable: tensor.name)
        }
        return tensor
    }

    /// The most common prefix of the known names; two networks in one checkpoint are an error.
    private static func commonPrefix(of prefixes: [String], file: String) throws(ModelError) -> String {
        let counts = Dictionary(prefixes.map { ($0, 1) }, uniquingKeysWith: +)
        guard let most = counts.values.max() else {
            throw ModelError(.missingVariable, "holds no variable of an Inception-I3D network", file: file)
        }
        let rivals = counts.filter { $0.value > most / 2 }.keys.sorted()
        guard rivals.count == 1 else {
            let names = rivals.map { $0.isEmpty ? "(no prefix)" : $0 }.joined(separator: ", ")
            throw ModelError(.malformed, "holds several networks, under the prefixes \(names)", file: file)
        }
        return rivals[0]
    }

    /// Whether a tensor is an optimizer slot or a counter. TensorFlow 1 saves slots beside their variable, under its
    /// name ("…/w/Momentum", "…/w/Adam_1").
    private static func isTrainingState(_ name: String, beside names: Set<String>) -> Bool {
        let counters: Set = [
            "global_step", "beta1_power", "beta2_power", "save_counter", "save_counter/.ATTRIBUTES/VARIABLE_VALUE",
            "_CHECKPOINTABLE_OBJECT_GRAPH",
        ]
        if counters.contains(name) { return true }
        guard let slash = name.lastIndex(of: "/") else { return false }
        return names.contains(String(name[..<slash]))
    }
}
