import Foundation
import TestSupport
import Testing

@testable import Engine

/// A checkpoint in memory, for cases that no published file contains.
private struct MemoryCheckpoint: CheckpointReader {
    let form = CheckpointForm.safetensors
    let files: [CheckpointFile] = []
    let metadata: [String: String] = [:]
    var stored: [String: ModelVariables.Variable]

    var tensors: [StoredTensor] {
        stored.map { name, variable in
            StoredTensor(
                name: name, elementType: .float32, shape: variable.shape,
                location: .init(file: 0, offset: 0, size: 4 * variable.values.count))
        }
    }

    func values(of tensor: StoredTensor) throws(ModelError) -> [Float] { stored[tensor.name]?.values ?? [] }

    func load() throws -> ModelVariables {
        try NetworkLoader(reader: self, network: StoredNetwork(tensors, file: "memory")).load()
    }
}

@Suite struct NetworkLoaderTests {
    private static let unit = "Conv3d_2c_3x3"

    /// `γ (w x + b − μ) / √(σ² + ε) + β` for one tap of the filter, in double precision.
    private func output(_ v: [String: ModelVariables.Variable], tap: Int, channel: Int, input: Double) -> Double {
        func value(_ name: String, _ otherwise: Float) -> Double {
            Double(v["\(Self.unit)/\(name)"]?.values[channel] ?? otherwise)
        }
        let w = Double(v["\(Self.unit)/conv_3d/w"]?.values[tap * 3 + channel] ?? .nan)
        let epsilon = Double(I3DArchitecture.batchNormEpsilon)
        return value("batch_norm/gamma", 1)
            * (w * input + value("conv_3d/b", 0) - value("batch_norm/moving_mean", .nan))
            / (value("batch_norm/moving_variance", .nan) + epsilon).squareRoot() + value("batch_norm/beta", .nan)
    }

    /// Gammas that could not be folded into the variance (zero, negative, huge), and a bias that is folded into the
    /// mean.
    ///
    /// Tolerance: γ w, μ − b and γ (μ − b) are rounded, three times 2⁻²⁴ relative to terms that are bounded by
    /// |γ| (|w x| + |b| + |μ|) / √(σ² + ε); 2⁻²² covers them.
    @Test func anyGammaAndABiasAreFolded() throws {
        var stored = try GoldenCheckpoint.reference().variables
        let gammas: [[Float]] = [[0, -2, 1e6], [1, 1, 1], [-0.001, 0.3, 1]]
        for gamma in gammas {
            stored["\(Self.unit)/batch_norm/gamma"] = .init(shape: [3], values: gamma)
            stored["\(Self.unit)/conv_3d/b"] = .init(shape: [3], values: [0.25, -1, 3])
            let folded = try MemoryCheckpoint(stored: stored).load()
            #expect(folded["\(Self.unit)/batch_norm/gamma"] == nil)
            for tap in 0..<27 {
                for channel in 0..<3 {
                    let expected = output(stored, tap: tap, channel: channel, input: 1.7)
                    let actual = output(folded.variables, tap: tap, channel: channel, input: 1.7)
                    let bound = Double(abs(gamma[channel])) * (10 + 3 + 3) / 0.3.squareRoot() * 0x1p-22
                    #expect(abs(actual - expected) <= bound)
                }
            }
        }
    }

    @Test func aGammaOfOneChangesNothing() throws {
        let reference = try GoldenCheckpoint.reference()
        var stored = reference.variables
        stored["\(Self.unit)/batch_norm/gamma"] = .init(shape: [1, 1, 1, 1, 3], values: [1, 1, 1])
        #expect(try MemoryCheckpoint(stored: stored).load().variables == reference.variables)
    }

    @Test func namingConventionsCannotBeMixed() throws {
        var stored = try GoldenCheckpoint.reference().variables
        stored["Conv3d_2b_1x1.conv3d.weight"] = .init(shape: [1, 1, 1, 1, 1], values: [1])
        #expect(throws: ModelError.self) { try MemoryCheckpoint(stored: stored).load() }
    }

    // MARK: Spellings

    /// The network with the names of Sonnet 2 or Haiku, in which the misnamed unit is named like the others.
    private static func respelt(_ pairs: [(String, String)]) throws -> [String: ModelVariables.Variable] {
        let reference = try GoldenCheckpoint.reference().variables
        let names = reference.map { name, variable in
            (pairs.reduce(name) { $0.replacingOccurrences(of: $1.0, with: $1.1) }, variable)
        }
        return Dictionary(uniqueKeysWithValues: names)
    }

    @Test(arguments: [
        [("Mixed_5b/Branch_2/Conv3d_0a_3x3", "Mixed_5b/Branch_2/Conv3d_0b_3x3")],
        [("batch_norm/beta", "batch_norm/offset")],
        [("beta", "offset"), ("moving_mean", "moving_mean/average"), ("moving_variance", "moving_variance/average")],
        [
            ("5b/Branch_2/Conv3d_0a_3x3", "5b/Branch_2/Conv3d_0b_3x3"), ("beta", "offset"),
            ("moving_mean", "~/mean_ema/average"), ("moving_variance", "~/var_ema/average"),
        ],
    ])
    func otherSpellingsGiveTheSameNetwork(pairs: [(String, String)]) throws {
        let reference = try GoldenCheckpoint.reference()
        let stored = try Self.respelt(pairs)
        #expect(Set(stored.keys) != Set(reference.variables.keys))
        let loaded = try MemoryCheckpoint(stored: stored).load()
        #expect(loaded.variables == reference.variables)
        #expect(loaded.contentHash == reference.contentHash)
    }

    @Test func scaleIsGamma() throws {
        var gamma = try GoldenCheckpoint.reference().variables
        var scale = try Self.respelt([("beta", "offset")])
        let values = ModelVariables.Variable(shape: [1, 1, 1, 1, 3], values: [2, -0.5, 1])
        gamma["\(Self.unit)/batch_norm/gamma"] = values
        scale["\(Self.unit)/batch_norm/scale"] = values
        let expected = try MemoryCheckpoint(stored: gamma).load()
        #expect(try MemoryCheckpoint(stored: scale).load().contentHash == expected.contentHash)
        #expect(try expected.contentHash != GoldenCheckpoint.reference().contentHash)
    }

    @Test func sumsOfMovingAveragesAreSkipped() throws {
        var stored = try Self.respelt([("moving_mean", "moving_mean/average")])
        for part in ["counter", "hidden"] {
            stored["\(Self.unit)/batch_norm/moving_mean/\(part)"] = .init(shape: [1], values: [1])
        }
        let network = try StoredNetwork(MemoryCheckpoint(stored: stored).tensors, file: "memory")
        #expect(network.skipped.count == 2)
        #expect(network.unknown.isEmpty)
    }

    @Test(arguments: [
        ("Mixed_5b/Branch_2/Conv3d_0a_3x3/conv_3d/w", "Mixed_5b/Branch_2/Conv3d_0b_3x3/conv_3d/w"),
        ("\(unit)/batch_norm/beta", "\(unit)/batch_norm/offset"),
        ("\(unit)/batch_norm/moving_mean", "\(unit)/batch_norm/moving_mean/average"),
    ])
    func twoNamesOfOneVariableAreRefused(name: String, other: String) throws {
        var stored = try GoldenCheckpoint.reference().variables
        stored[other] = stored[name]
        let error = try #require(throws: ModelError.self) { try MemoryCheckpoint(stored: stored).load() }
        #expect(error.code == .malformed)
        #expect(error.description.contains(name) && error.description.contains(other), "\(error)")
        #expect(error.reason.contains("the same variable"))
    }
}
