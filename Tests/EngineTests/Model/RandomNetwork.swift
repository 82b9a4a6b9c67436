import TestSupport

@testable import Engine

/// Seeded random networks of any width, whose activations neither vanish nor explode.
enum RandomNetwork {
    /// The published output channels of every unit, by the unit's name.
    private static let published: [String: Int] = {
        let blocks: [[Int]] = [
            [64, 96, 128, 16, 32, 32], [128, 128, 192, 32, 96, 64], [192, 96, 208, 16, 48, 64],
            [160, 112, 224, 24, 64, 64], [128, 128, 256, 24, 64, 64], [112, 144, 288, 32, 64, 64],
            [256, 160, 320, 32, 128, 128], [256, 160, 320, 32, 128, 128], [384, 192, 384, 48, 128, 128],
        ]
        var channels = ["Conv3d_1a_7x7": 64, "Conv3d_2b_1x1": 64, "Conv3d_2c_3x3": 192]
        for (block, counts) in zip(I3DArchitecture.mixedBlocks, blocks) {
            for (unit, count) in zip(block.units, counts) { channels[unit.name] = count }
        }
        return channels
    }()

    static func variables(
        width: Double, classes: Int = 5, inputChannels: Int = 3, seed: UInt64 = 1
    ) -> ModelVariables {
        var random = SeededGenerator(seed: seed)
        var variables: [String: ModelVariables.Variable] = [:]
        func scaled(_ name: String) -> Int { max(1, Int((Double(published[name] ?? 0) * width).rounded())) }
        func add(_ unit: I3DArchitecture.Unit, _ cin: Int) -> Int {
            let (cout, edge) = (scaled(unit.name), unit.kernel)
            let terms = edge * edge * edge * cin
            let vector = [1, 1, 1, 1, cout]
            variables[I3DArchitecture.filterName(unit)] = .init(
                shape: [edge, edge, edge, cin, cout],
                values: random.normals(terms * cout, scale: (2 / Float(terms)).squareRoot()))
            variables[I3DArchitecture.betaName(unit)] = .init(
                shape: vector, values: random.normals(cout, scale: 0.3).map { $0 + 0.1 })
            variables[I3DArchitecture.meanName(unit)] = .init(shape: vector, values: random.normals(cout, scale: 0.1))
            variables[I3DArchitecture.varianceName(unit)] = .init(
                shape: vector, values: random.normals(cout, scale: 0.1).map { 0.5 + $0.magnitude })
            return cout
        }
        var channels = add(I3DArchitecture.stem, inputChannels)
        channels = add(I3DArchitecture.conv2b, channels)
        channels = add(I3DArchitecture.conv2c, channels)
        for block in I3DArchitecture.mixedBlocks {
            let reduced1 = add(block.branch1Reduce, channels)
            let reduced2 = add(block.branch2Reduce, channels)
            channels =
                add(block.branch0, channels) + add(block.branch1, reduced1) + add(block.branch2, reduced2)
                + add(block.branch3, channels)
        }
        variables[I3DArchitecture.logitsFilterName] = .init(
            shape: [1, 1, 1, channels, classes],
            values: random.normals(channels * classes, scale: 1 / Float(channels).squareRoot()))
        variables[I3DArchitecture.logitsBiasName] = .init(
            shape: [classes], values: random.normals(classes, scale: 0.1))
        return ModelVariables(variables)
    }

    static func model(
        width: Double = 1 / 32, classes: Int = 5, inputChannels: Int = 3, labels: [String] = [], seed: UInt64 = 1,
        memory: MemoryUse = .fast
    ) throws -> I3DModel {
        try I3DModel(
            variables: variables(width: width, classes: classes, inputChannels: inputChannels, seed: seed),
            manifest: ModelManifest(
                name: "random", classCount: classes, inputChannels: inputChannels, labels: labels), memory: memory)
    }
}

extension EngineSession {
    /// Fills the clip with seeded noise.
    func fillRandomly(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for index in 0..<shape.frames {
            let values = random.normals(shape.elementsPerFrame, scale: 0.5)
            try setFrame(index, values: values.span)
        }
    }
}
