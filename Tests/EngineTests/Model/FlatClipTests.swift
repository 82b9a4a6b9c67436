import TestSupport
import Testing

@testable import Engine

/// Gradients of clips with flat areas, which depend on exact ties in max-pools: the network with Winograd convolution
/// is compared with the same network with plain sums throughout, which round equal fields equally everywhere.
@Suite("Flat clips")
struct FlatClipTests {
    enum Clip: CaseIterable {
        case black, grey, bars, still, cut, box, zeros
    }

    private static let shape = ClipShape(frames: 16, height: 96, width: 96, channels: 3)

    private func samples(_ clip: Clip) -> [UInt8] {
        var random = SeededGenerator(seed: 6)
        let (height, width) = (Self.shape.height, Self.shape.width)
        func noise() -> [UInt8] { (0..<height * width * 3).map { _ in .random(in: 0...255, using: &random) } }
        let first = noise()
        var frames: [[UInt8]] = []
        for index in 0..<Self.shape.frames {
            var frame = [UInt8](repeating: clip == .grey ? 128 : 0, count: height * width * 3)
            switch clip {
            case .black, .grey, .zeros: break
            case .still: frame = first
            case .cut: frame = index < 9 ? first : frame
            case .bars:
                let content = noise()
                frame.replaceSubrange(24 * width * 3..<72 * width * 3, with: content[24 * width * 3..<72 * width * 3])
            case .box:
                let content = noise()
                for line in 30..<60 {
                    let part = (line * width + 20) * 3..<(line * width + 70) * 3
                    frame.replaceSubrange(part, with: content[part])
                }
            }
            frames.append(frame)
        }
        return frames.flatMap { $0 }
    }

    /// The bound of the design for flat clips is 1e-2; measured, 6e-3 at most. Without `FlatOutputs` the plain
    /// gradients of these clips were off by 0.15 to 0.59 and the guided ones by 0.05 to 0.53.
    @Test("Gradients agree with those of plain sums")
    func gradients() throws {
        let variables = RandomNetwork.variables(width: 0.5, seed: 3)
        let manifest = ModelManifest(name: "random", classCount: 5, inputChannels: 3)
        let pool = ThreadPool(threadCount: 2)
        let sessions = try [nil, 0].map { bytes in
            let model = try I3DModel(
                variables: variables, manifest: manifest, memory: .fast, winograd: WinogradBudget(.fast, bytes: bytes))
            return try EngineSession(model: model, shape: Self.shape, pool: pool)
        }
        // The zeros, the only clip of floats here, come last: a session that was given floats keeps its clip as floats.
        for clip in Clip.allCases {
            for session in sessions {
                if clip == .zeros {
                    try session.setValues([Float](repeating: 0, count: Self.shape.count))
                } else {
                    try session.setBytes(samples(clip))
                }
                _ = try session.forward()
            }
            for rule in [GradientRule.gradient, .guided] {
                let maps = try sessions.map { session in
                    try session.backward(target: 1, rule: rule)
                    return try session.absoluteGradient()
                }
                let agreement = Agreement(maps[0], maps[1])
                #expect(agreement.isWithin(error: 1e-2), "\(clip), \(rule): \(agreement)")
            }
        }
    }
}
