/// The channel counts of a network, derived from its variables' shapes and checked from input to logits.
struct NetworkShape: Sendable, Hashable {
    /// 2 or 3.
    var inputChannels: Int
    var classCount: Int
    /// The output channels of each unit, by its name.
    var widths: [String: Int]

    /// - Throws: `ModelError` that names the first variable that is missing or does not fit its neighbours.
    init(_ network: StoredNetwork) throws(ModelError) {
        var chain = ChannelChain(network: network)
        inputChannels = try chain.inputChannels()
        var channels = inputChannels
        for unit in [I3DArchitecture.stem, I3DArchitecture.conv2b, I3DArchitecture.conv2c] {
            channels = try chain.unit(unit, input: channels)
        }
        for block in I3DArchitecture.mixedBlocks {
            let reduced1 = try chain.unit(block.branch1Reduce, input: channels)
            let reduced2 = try chain.unit(block.branch2Reduce, input: channels)
            channels =
                try chain.unit(block.branch0, input: channels)
                + chain.unit(block.branch1, input: reduced1)
                + chain.unit(block.branch2, input: reduced2)
                + chain.unit(block.branch3, input: channels)
        }
        classCount = try chain.filter(of: VariableNaming.headName, kernel: 1, input: channels)
        try chain.vector(.bias, of: VariableNaming.headName, count: classCount)
        widths = chain.widths
    }
}

/// Checks units one by one, each against the number of its input channels.
private struct ChannelChain {
    let network: StoredNetwork
    private(set) var widths: [String: Int] = [:]

    init(network: StoredNetwork) {
        self.network = network
    }

    func inputChannels() throws(ModelError) -> Int {
        let stem = I3DArchitecture.stem
        let tensor = try network.tensor(.filter, of: stem.name)
        let shape = tensor.filterShape(network.naming)
        guard let shape, shape[3] == 2 || shape[3] == 3 else {
            throw wrongShape(tensor, "\(network.naming.filterShape(kernel: stem.kernel, input: "3 or 2")) is needed")
        }
        return shape[3]
    }

    /// Checks all variables of a unit and returns the number of its output channels.
    mutating func unit(_ unit: I3DArchitecture.Unit, input: Int) throws(ModelError) -> Int {
        let width = try filter(of: unit.name, kernel: unit.kernel, input: input)
        for role in [VariableNaming.Role.beta, .mean, .variance] {
            try vector(role, of: unit.name, count: width)
        }
        for role in [VariableNaming.Role.gamma, .bias] where network.units[unit.name]?[role] != nil {
            try vector(role, of: unit.name, count: width)
        }
        widths[unit.name] = width
        return width
    }

    /// Checks a filter and returns the number of its output channels.
    func filter(of unit: String, kernel: Int, input: Int) throws(ModelError) -> Int {
        let tensor = try network.tensor(.filter, of: unit)
        guard let shape = tensor.filterShape(network.naming), shape[..<4] == [kernel, kernel, kernel, input],
            shape[4] > 0
        else {
            throw wrongShape(tensor, "\(network.naming.filterShape(kernel: kernel, input: "\(input)")) is needed")
        }
        return shape[4]
    }

    func vector(_ role: VariableNaming.Role, of unit: String, count: Int) throws(ModelError) {
        let tensor = try network.tensor(role, of: unit)
        guard tensor.shape.last == count, tensor.shape.dropLast().allSatisfy({ $0 == 1 }) else {
            throw wrongShape(tensor, "[\(count)] is needed")
        }
    }

    private func wrongShape(_ tensor: StoredTensor, _ need: String) -> ModelError {
        ModelError(.wrongShape, "has shape \(tensor.shape), where \(need)", file: network.file, variable: tensor.name)
    }
}

extension StoredTensor {
    /// The shape of a filter as `[kt, kh, kw, cin, cout]`, in whatever order it is stored; nil unless it has five axes.
    func filterShape(_ naming: VariableNaming) -> [Int]? {
        guard shape.count == 5 else { return nil }
        return naming.isChannelsLast ? shape : [shape[2], shape[3], shape[4], shape[1], shape[0]]
    }
}

extension VariableNaming {
    /// The shape that a filter must have, in the stored order of axes, as text for error messages.
    fileprivate func filterShape(kernel: Int, input: String) -> String {
        let edges = "\(kernel), \(kernel), \(kernel)"
        return isChannelsLast ? "[\(edges), \(input), any]" : "[any, \(input), \(edges)]"
    }
}
