/// The conventions by which the name of a stored tensor gives its role in the network.
///
/// Four are supported: that of the published TensorFlow checkpoints, those of the two PyTorch ports from which most
/// published state dicts come, and Flax's. TensorFlow's has further spellings in networks written with Sonnet 2 or Haiku.
enum VariableNaming: CaseIterable, Sendable {
    /// `Mixed_3b/Branch_1/Conv3d_0b_3x3/conv_3d/w`
    case tensorFlow
    /// `Mixed_3b.b1b.conv3d.weight`, `….bn.running_mean`, `logits.conv3d.weight`
    case torchShort
    /// `mixed_3b.branch_1.1.conv3d.weight`, `….batch3d.running_mean`, `conv3d_0c_1x1.conv3d.weight`
    case torchLong
    /// `Mixed_3b/Branch_1/Conv3d_0b_3x3/Conv_0/kernel`, `…/BatchNorm_0/mean`, as Flax names modules without names.
    case flax

    /// Whether filters are stored as `[kt, kh, kw, cin, cout]`, and not as `[cout, cin, kt, kh, kw]`.
    var isChannelsLast: Bool { self == .tensorFlow || self == .flax }

    /// The role of a variable in its unit.
    enum Role: Hashable, CaseIterable, Sendable {
        case filter
        /// The convolution's bias. The head has one; elsewhere it is folded into batch-norm's mean.
        case bias
        case beta
        /// The factor of batch-norm, which the published network does not have and PyTorch always stores.
        case gamma
        case mean
        case variance
        /// The number of batches that batch-norm has seen, and sums for moving averages; only training needs them.
        case batchCount
    }

    struct Place: Hashable, Sendable {
        /// `I3DArchitecture.Unit.name`, or `headName`.
        var unit: String
        var role: Role
        var naming: VariableNaming
    }

    /// The head, named as if it were a unit.
    static let headName = "Logits/Conv3d_0c_1x1"

    /// The place of a variable and the prefix of its known name ("RGB/inception_i3d/", "module."); nil if it is
    /// unknown.
    ///
    /// Examines no more of a name's end than the length of the longest known name, since hostile names may have any
    /// length.
    static func place(of name: String) -> (prefix: String, place: Place)? {
        let bytes = name.utf8
        var found: (prefix: String, place: Place)?
        var start = bytes.endIndex
        var count = 0
        while start > bytes.startIndex, count < longestName {
            start = bytes.index(before: start)
            count += 1
            let isBoundary = start == bytes.startIndex || separators.contains(bytes[bytes.index(before: start)])
            if isBoundary, let place = places[String(name[start...])] { found = (String(name[..<start]), place) }
        }
        return found
    }

    private static let separators: [UInt8] = [UInt8(ascii: "/"), UInt8(ascii: ".")]
    private static let longestName = places.keys.map(\.utf8.count).max() ?? 0

    /// The name of a variable in this convention; nil if the convention does not have it.
    func name(of role: Role, unit: String) -> String? {
        switch self {
        case .tensorFlow:
            let suffix: String? =
                switch role {
                case .filter: "conv_3d/w"
                case .bias: "conv_3d/b"
                case .beta: "batch_norm/beta"
                case .gamma: "batch_norm/gamma"
                case .mean: "batch_norm/moving_mean"
                case .variance: "batch_norm/moving_variance"
                case .batchCount: nil
                }
            return suffix.map { "\(unit)/\($0)" }
        case .flax:
            let suffix: String? =
                switch role {
                case .filter: "Conv_0/kernel"
                case .bias: "Conv_0/bias"
                case .beta: "BatchNorm_0/bias"
                case .gamma: "BatchNorm_0/scale"
                case .mean: "BatchNorm_0/mean"
                case .variance: "BatchNorm_0/var"
                case .batchCount: nil
                }
            return suffix.map { "\(unit)/\($0)" }
        case .torchShort, .torchLong:
            let norm = self == .torchShort ? "bn" : "batch3d"
            let suffix =
                switch role {
                case .filter: "conv3d.weight"
                case .bias: "conv3d.bias"
                case .beta: "\(norm).bias"
                case .gamma: "\(norm).weight"
                case .mean: "\(norm).running_mean"
                case .variance: "\(norm).running_var"
                case .batchCount: "\(norm).num_batches_tracked"
                }
            return "\(moduleName(unit)).\(suffix)"
        }
    }

    /// All spellings of a variable in this convention, `name(of:unit:)` first.
    ///
    /// Later implementations of the graph name the one misnamed unit like the others. Sonnet 2 and Haiku call β
    /// `offset` and γ `scale`, and keep moving averages as modules, whose `average` is the value.
    private func spellings(of role: Role, unit: String) -> [String] {
        let name = name(of: role, unit: unit).map { [$0] } ?? []
        guard self == .tensorFlow else { return self == .flax ? name.flatMap { regular($0, unit) } : name }
        let suffixes =
            switch role {
            case .filter, .bias: [String]()
            case .beta: ["batch_norm/offset"]
            case .gamma: ["batch_norm/scale"]
            case .mean: Self.averages.mean.map { "\($0)/average" }
            case .variance: Self.averages.variance.map { "\($0)/average" }
            case .batchCount:
                (Self.averages.mean + Self.averages.variance).flatMap { ["\($0)/counter", "\($0)/hidden"] }
            }
        return (name + suffixes.map { "\(unit)/\($0)" }).flatMap { regular($0, unit) }
    }

    /// A variable's name, and of the misnamed unit the one with the unit's regular name too.
    private func regular(_ name: String, _ unit: String) -> [String] {
        unit == Self.misnamedUnit.published ? [name, Self.misnamedUnit.regular + name.dropFirst(unit.count)] : [name]
    }

    /// Modules of batch-norm's moving averages: Sonnet 2's, then Haiku's.
    private static let averages = (
        mean: ["batch_norm/moving_mean", "batch_norm/~/mean_ema"],
        variance: ["batch_norm/moving_variance", "batch_norm/~/var_ema"]
    )

    /// The unit that the published graph names like another kind of unit, and its regular name.
    private static let misnamedUnit = (
        published: "Mixed_5b/Branch_2/Conv3d_0a_3x3", regular: "Mixed_5b/Branch_2/Conv3d_0b_3x3"
    )

    /// The name of a unit's module in a PyTorch port.
    private func moduleName(_ unit: String) -> String {
        let isShort = self == .torchShort
        if unit == Self.headName { return isShort ? "logits" : "conv3d_0c_1x1" }
        guard let block = I3DArchitecture.mixedBlocks.first(where: { $0.units.contains { $0.name == unit } }) else {
            return isShort ? unit : unit.lowercased()
        }
        let short = ["b0", "b1a", "b1b", "b2a", "b2b", "b3b"]
        let long = ["branch_0", "branch_1.0", "branch_1.1", "branch_2.0", "branch_2.1", "branch_3.1"]
        let index = block.units.firstIndex { $0.name == unit } ?? 0
        return isShort ? "\(block.name).\(short[index])" : "\(block.name.lowercased()).\(long[index])"
    }

    /// The places of all known names.
    private static let places: [String: Place] = {
        var places: [String: Place] = [:]
        for naming in allCases {
            for unit in I3DArchitecture.units.map(\.name) + [headName] {
                for role in Role.allCases {
                    for name in naming.spellings(of: role, unit: unit) {
                        places[name] = Place(unit: unit, role: role, naming: naming)
                    }
                }
            }
        }
        return places
    }()
}
