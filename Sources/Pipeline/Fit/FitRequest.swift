import Engine
import Files
import Media

/// What is fitted, and where the result goes.
public struct FitRequest: Sendable, Equatable {
    /// The list's or folder's path, for the record.
    public var list: String
    /// The `.safetensors` file to write.
    public var output: String
    /// The folder for the features of clips.
    public var cache: String
    public var sampling: SamplingRequest
    /// The number of folds of the cross-validation, 2…20; fewer if a class has fewer clips.
    public var folds: Int
    /// The strength of the regularisation, above 0; nil to choose it.
    public var strength: Double?
    public var seed: UInt64
    /// Whether to store float16 instead of float32.
    public var isHalf: Bool
    public var isReplacing: Bool

    public static let allowedFolds = 2...20
    public static let allowedStrengths = 1e-9...1e9

    /// - Parameter cache: nil for `MODEL.features` beside the output.
    public init(
        list: String, output: String, cache: String? = nil, sampling: SamplingRequest = SamplingRequest(),
        folds: Int = 5, strength: Double? = nil, seed: UInt64 = 1, isHalf: Bool = false, isReplacing: Bool = false
    ) {
        self.list = list
        self.output = output
        self.cache = cache ?? Self.stem(output) + ".features"
        self.sampling = sampling
        self.folds = folds
        self.strength = strength
        self.seed = seed
        self.isHalf = isHalf
        self.isReplacing = isReplacing
    }

    static let ending = ".safetensors"

    /// The path of the record.
    public var record: String { Self.stem(output) + ".fit.json" }

    /// The name of the model that is written.
    var name: String { FileName.split(Self.stem(output)).name }

    private static func stem(_ output: String) -> String {
        output.hasSuffix(ending) ? String(output.dropLast(ending.count)) : output
    }

    /// Checks the outputs before any work starts.
    ///
    /// - Parameter base: the files of the network whose features are used.
    /// - Throws: `MediaError` for a name that is not a model's, a file that exists unless it may be replaced, a file of the
    ///   base network, or a folder that cannot be written.
    public func checkOutputs(base: [CheckpointFile]) throws(MediaError) {
        guard output.hasSuffix(Self.ending), !name.isEmpty else {
            throw MediaError(.cannotWrite, "has to end in \(Self.ending)", file: output)
        }
        for file in base { try OutputPath.check(output, isNot: file.path) }
        for path in [output, record] { try OutputPath.check(path, isReplacing: isReplacing) }
    }
}
