import Encode
import Engine

/// What was computed and with which settings, as results and sidecars state it.
public struct MethodRecord: Sendable, Codable, Equatable {
    public var name: String
    /// Noisy copies averaged; 0 is none.
    public var smoothSamples: Int
    public var seed: UInt64
    /// What was averaged over the copies; nil without them.
    public var noiseAverage: NoiseAverage?
    /// Of a path; nil for methods without one.
    public var steps: Int?
    /// Where the path began; nil for methods without one.
    public var baseline: ClipBaseline?
    /// Nil for magnitudes.
    public var sign: HeatSign?
    /// What else the method was given; nil for methods without such settings.
    public var parameters: MethodParameters?
    /// As it was asked for.
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
