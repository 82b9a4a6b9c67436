import Encode
import Engine

/// The method and its settings in results and sidecars.
public struct MethodRecord: Sendable, Codable, Equatable {
    public var name: String
    /// The number of averaged noisy copies; 0 for none.
    public var smoothSamples: Int
    public var seed: UInt64
    /// The averaged quantity; nil without noisy copies.
    public var noiseAverage: NoiseAverage?
    /// The number of steps of a path; nil for methods without one.
    public var steps: Int?
    /// The start of the path; nil for methods without one.
    public var baseline: ClipBaseline?
    /// Nil for unsigned maps.
    public var sign: HeatSign?
    /// Further settings; nil for methods without such settings.
    public var parameters: MethodParameters?
    /// The target as requested.
    public var target: String?

    init(_ request: SaliencyRequest) {
        name = request.method.rawValue
        smoothSamples = request.smoothSamples
        seed = request.seed
        noiseAverage = request.usedNoiseAverage
        steps = request.usedSteps
        baseline = request.usedBaseline
        sign = request.usedSign
        parameters = request.usedParameters
        target = request.target
    }
}
