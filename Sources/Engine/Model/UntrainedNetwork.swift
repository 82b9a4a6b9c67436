import FoundationEssentials

/// Networks of the right architecture with seeded random weights, for trying and measuring the software without a
/// checkpoint. Their answers are meaningless.
public enum UntrainedNetwork {
    /// The output channels of the three units before the Mixed blocks, at width 1 (arXiv 1705.07750).
    private static let trunkChannels = [64, 64, 192]
    /// The output channels of each Mixed block's six units, at width 1.
    private static let mixedChannels = [
        [64, 96, 128, 16, 32, 32], [128, 128, 192, 32, 96, 64], [192, 96, 208, 16, 48, 64],
        [160, 112, 224, 24, 64, 64],
        [128, 128, 256, 24, 64, 64], [112, 144, 288, 32, 64, 64], [256, 160, 320, 32, 128, 128],
        [256, 160, 320, 32, 128, 128], [384, 192, 384, 48, 128, 128],
    ]

    /// The variables of such a network: He-normal filters (arXiv 1502.01852), small random batch-norm offsets, means of
    /// 0 and variances of 1.
    ///
    /// - Parameters:
    ///   - width: the factor for all channel counts, above 0 and at most 4; 1 is the published network.
    ///   - classCount: at least 1.
    ///   - inputChannels: 3 for RGB, 2 for optical flow.
    ///   - seed: the same seed gives the same network.
    public static func variables(
        width: Double, classCount: Int, inputChannels: Int = 3, seed: UInt64
    ) throws(ModelError) -> ModelVariables {
        guard width > 0, width <= 4, (1...100_000).contains(classCount), (1...16).contains(inputChannels) else {
            throw ModelError(
                .invalidRequest,
                "a network needs a width above 0 and at most 4, 1 to 100000 classes and 1 to 16 input channels")
        }
        var noise = GaussianNoise(seed: seed, copy: 0, frame: 0)
        var variables: [String: ModelVariables.Variable] = [:]

        func draw(_ count: Int, mean: Double, deviation: Double) -> [Float] {
            (0..<count).map { _ in Float(mean + deviation * noise.next()) }
        }
        func scaled(_ channels: Int) -> Int { max(1, Int((Double(channels) * width).rounded(.toNearestOrEven))) }
        func add(_ unit: I3DArchitecture.Unit, _ inputs: Int, _ outputs: Int) {
            let taps = unit.kernel * unit.kernel * unit.kernel
            let deviation = (2 / Double(taps * inputs)).squareRoot()
            variables[I3DArchitecture.filterName(unit)] = .init(
                shape: [unit.kernel, unit.kernel, unit.kernel, inputs, outputs],
                values: draw(taps * inputs * outputs, mean: 0, deviation: deviation))
            let vector = [outputs]
            variables[I3DArchitecture.betaName(unit)] = .init(
                shape: vector, values: draw(outputs, mean: 0.1, deviation: 0.3))
            variables[I3DArchitecture.meanName(unit)] = .init(
                shape: vector, values: [Float](repeating: 0, count: outputs))
            variables[I3DArchitecture.varianceName(unit)] = .init(
                shape: vector, values: [Float](repeating: 1, count: outputs))
        }

        var inputs = inputChannels
        for (unit, channels) in zip(
            [I3DArchitecture.stem, I3DArchitecture.conv2b, I3DArchitecture.conv2c], trunkChannels)
        {
            add(unit, inputs, scaled(channels))
            inputs = scaled(channels)
        }
        for (block, channels) in zip(I3DArchitecture.mixedBlocks, mixedChannels) {
            let outputs = channels.map(scaled)
            add(block.branch0, inputs, outputs[0])
            add(block.branch1Reduce, inputs, outputs[1])
            add(block.branch1, outputs[1], outputs[2])
            add(block.branch2Reduce, inputs, outputs[3])
            add(block.branch2, outputs[3], outputs[4])
            add(block.branch3, inputs, outputs[5])
            inputs = outputs[0] + outputs[2] + outputs[4] + outputs[5]
        }
        variables[I3DArchitecture.logitsFilterName] = .init(
            shape: [1, 1, 1, inputs, classCount],
            values: draw(inputs * classCount, mean: 0, deviation: (1 / Double(inputs)).squareRoot()))
        variables[I3DArchitecture.logitsBiasName] = .init(
            shape: [classCount], values: draw(classCount, mean: 0, deviation: 0.1))
        return ModelVariables(variables)
    }
}
