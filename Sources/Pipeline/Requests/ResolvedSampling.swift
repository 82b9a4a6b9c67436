import Decode
import Engine
import Files
import Media

/// A `SamplingRequest` with the model's manifest filled in.
struct ResolvedSampling: Sendable, Equatable {
    /// The window T and the stride, in samples.
    var window: Int
    var stride: Int
    var rate: FrameRate
    var preparation: FramePreparation
    /// How the source is opened.
    var source: SourceOptions

    /// - Throws: `invalidRequest` if the stride is longer than the window.
    init(_ request: SamplingRequest, manifest: ModelManifest) throws(ModelError) {
        window = request.window ?? manifest.clipLength
        stride = request.stride ?? max(1, window / 2)
        guard stride <= window else {
            throw ModelError(
                .invalidRequest,
                "the stride (\(stride)) is longer than the window (\(window)): frames would be left out")
        }
        source = request.source
        rate =
            switch request.rate {
            case .model: .framesPerSecond(manifest.framesPerSecond)
            case .native: .native
            case .framesPerSecond(let value): .framesPerSecond(value)
            }
        preparation = FramePreparation(
            fit: request.fit, shortSide: request.shortSide ?? manifest.shortSide,
            shortSideIsExplicit: request.shortSide != nil, width: manifest.frameSize, height: manifest.frameSize)
    }

    /// How any source is cut into windows. Every command that reads files uses this, so that arrays are handled alike
    /// by all.
    ///
    /// An array is one clip and is used as it is: one window of all its frames, without resize, crop or resampling,
    /// except for what the request sets.
    ///
    /// - Parameters:
    ///   - input: the source's path.
    ///   - held: the source's file, if it is open already.
    ///   - longestWindow: the maximum window of an array if the request sets no length; nil for no limit.
    /// - Throws: `invalidRequest` as above; `MediaError` if an array's header cannot be read.
    init(
        _ request: SamplingRequest, of input: String, held: HeldFile? = nil, manifest: ModelManifest,
        longestWindow: Int? = nil
    ) throws {
        guard held == nil ? SourceOpener.isArray(input) : input.lowercased().hasSuffix(".npy") else {
            try self.init(request, manifest: manifest)
            return
        }
        let shape = if let held { try NumPyFile(held).shape } else { try NumPyFile(input).shape }
        var request = request
        if request.window == nil {
            let window = max(1, min(shape.first ?? 1, longestWindow ?? .max))
            request.window = window
            // A requested stride is intended for videos.
            request.stride = request.stride.map { min($0, window) }
        }
        // Arrays have no time stamps.
        if request.rate == .model { request.rate = .native }
        try self.init(request, manifest: manifest)
        if shape.count == 4, request.shortSide == nil, request.fit == .crop {
            preparation = FramePreparation(
                fit: .full, shortSide: min(shape[1], shape[2]), shortSideIsExplicit: true)
        }
    }

    /// The samples per second; nil if every frame is a sample.
    var framesPerSecond: Double? {
        if case .framesPerSecond(let value) = rate { value } else { nil }
    }
}

extension ClipWindow {
    convenience init(source: SourceProperties, sampling: ResolvedSampling) throws(MediaError) {
        try self.init(
            source: source, preparation: sampling.preparation, length: sampling.window, stride: sampling.stride,
            rate: sampling.rate)
    }
}
