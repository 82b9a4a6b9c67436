/// Restores the most salient pixels of a blurred clip, a few at a time, and records the clip's compressed size and the
/// network's answer: the data of performance information curves.
///
/// As PAIR's for images, with three differences: the most salient pixels are those of the whole clip, so that one frame
/// may be restored before the others; the known pixels of the blurred clip are the same in every frame, so that it does
/// not flicker; and a clip's size is the sum of its images' sizes.
public struct InformationMetric: Sendable {
    /// The size in bytes of an image `[H, W, 3]` after lossless compression; nil if it cannot be compressed. Called
    /// from several threads.
    public typealias ImageSize = @Sendable (_ image: [UInt8], _ height: Int, _ width: Int) -> Int?

    /// The measurements of one map: one of the blurred clip, one for each fraction, and one of the clip itself.
    public struct Value: Sendable, Codable, Equatable {
        /// The part of the pixels that is restored in addition to the random ones, from 0 to 1.
        public var fractions: [Double]
        /// The clip's compressed size in bytes.
        public var bytes: [Int]
        /// The target's probability, 0…1.
        public var probabilities: [Double]
        /// Whether the target is the network's answer.
        public var answers: [Bool]

        public init(fractions: [Double], bytes: [Int], probabilities: [Double], answers: [Bool]) {
            self.fractions = fractions
            self.bytes = bytes
            self.probabilities = probabilities
            self.answers = answers
        }

        /// The softmax information curve, of the target's probability; nil if the blurred clip's is as large as the
        /// clip's.
        public var softmaxCurve: PerformanceInformationCurve? {
            PerformanceInformationCurve(sizes: bytes, predictions: probabilities)
        }

        /// The accuracy information curve, of whether the target is the answer; nil if it is already the answer for the
        /// blurred clip, or not the answer for the clip.
        public var accuracyCurve: PerformanceInformationCurve? {
            PerformanceInformationCurve(sizes: bytes, predictions: answers.map { $0 ? 1 : 0 })
        }
    }

    /// The fractions of PAIR's example.
    public static let standardFractions = [0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.13, 0.21, 0.34, 0.5, 0.75]

    public let fractions: [Double]
    /// The part of an image's pixels from which the blurred clip is interpolated.
    public let seedPart: Double
    public let seed: UInt64

    /// - Parameters:
    ///   - fractions: ascending, above 0 and below 1.
    ///   - seedPart: the part of an image's pixels from which the blurred clip is interpolated.
    ///   - seed: of the choice of these pixels.
    public init(fractions: [Double] = Self.standardFractions, seedPart: Double = 0.01, seed: UInt64 = 1) {
        self.fractions = fractions
        self.seedPart = seedPart
        self.seed = seed
    }

    /// Measures maps of the session's clip, which is unchanged afterwards. Costs 2 forward passes, and one per fraction
    /// and map.
    ///
    /// - Parameters:
    ///   - session: holds the clip.
    ///   - maps: any number, measured with the same blurred clip.
    ///   - target: the class that the maps explain.
    ///   - size: compresses an image.
    ///   - control: cancels the computation and receives its progress.
    /// - Throws: `invalidRequest` if the clip does not consist of RGB images that `size` can compress, a map does not
    ///   have the clip's size or the class does not exist; `cancelled`.
    public func values(
        _ session: EngineSession, maps: [SaliencyMap], target: Int, size: ImageSize,
        control: RunControl = RunControl()
    ) throws(ModelError) -> [Value] {
        let shape = session.shape
        guard shape.channels == 3, max(shape.height, shape.width) <= ImageTriangulation.maximumEdge else {
            throw ModelError(.invalidRequest, "information can only be measured of RGB images")
        }
        for map in maps { try session.check(map) }
        try SaliencyTarget.index(target).resolve(manifest: session.model.manifest)
        let clip = session.clip()
        let images = Images(clip: clip, session: session, seeds: seeds(shape))
        defer { session.setClip(clip) }

        func measure(_ isKnown: (Int) -> Bool) throws(ModelError) -> Reading {
            try control.check()
            let (bytes, total) = try images.revealed(isKnown, size: size)
            let manifest = session.model.manifest
            session.fillClip { Float(bytes[$0]) * manifest.inputScale + manifest.inputOffset }
            let logits = try session.forward(control: RunControl(isCancelled: control.isCancelled))
            return Reading(
                bytes: total, probability: Explanation.probabilities(logits: logits)[target],
                isAnswer: Explanation.topK(1, logits: logits, labels: []).first?.index == target)
        }
        let whole = try measure { _ in true }
        let blurred = try measure { _ in false }
        var values: [Value] = []
        for (number, map) in maps.enumerated() {
            let order = map.values.sorted()
            var readings = [blurred]
            for (step, fraction) in fractions.enumerated() {
                let threshold = Self.quantile(1 - fraction, of: order)
                readings.append(try measure { Double(map.values[$0]) >= threshold })
                let done = number * fractions.count + step + 1
                control.progress(Double(done) / Double(maps.count * fractions.count))
            }
            readings.append(whole)
            values.append(
                Value(
                    fractions: [0] + fractions + [1], bytes: readings.map(\.bytes),
                    probabilities: readings.map(\.probability), answers: readings.map(\.isAnswer)))
        }
        return values
    }

    private struct Reading {
        let bytes: Int
        let probability: Double
        let isAnswer: Bool
    }

    /// The pixels of an image `[H, W]` from which the blurred clip is interpolated.
    func seeds(_ shape: ClipShape) -> [Bool] {
        let plane = shape.height * shape.width
        var random = SplitMix(seed: seed, stream: 2000)
        var seeds = [Bool](repeating: false, count: plane)
        for pixel in (0..<plane).shuffled(using: &random).prefix(Int(Double(plane) * seedPart)) { seeds[pixel] = true }
        return seeds
    }

    /// NumPy's `quantile`: interpolated linearly between the two nearest values.
    ///
    /// - Parameter sorted: at least one value, ascending.
    static func quantile(_ part: Double, of sorted: [Float]) -> Double {
        let place = part * Double(sorted.count - 1)
        let below = min(max(Int(place), 0), sorted.count - 1)
        let (low, high) = (Double(sorted[below]), Double(sorted[min(below + 1, sorted.count - 1)]))
        let rest = place - Double(below)
        return rest < 0.5 ? low + (high - low) * rest : high - (high - low) * (1 - rest)
    }
}

/// The clip as bytes, and its reconstruction from some of its pixels.
private struct Images {
    private let shape: ClipShape
    private let pool: ThreadPool
    private let bytes: [UInt8]
    /// `[H, W]`
    private let seeds: [Bool]

    init(clip: [Float], session: EngineSession, seeds: [Bool]) {
        shape = session.shape
        pool = session.pool
        let manifest = session.model.manifest
        bytes = clip.map { UInt8(min(max((($0 - manifest.inputOffset) / manifest.inputScale).rounded(), 0), 255)) }
        self.seeds = seeds
    }

    /// The clip `[T, H, W, 3]` interpolated from the seeds and the pixels for which `isKnown` is true, and its
    /// compressed size in bytes.
    ///
    /// - Throws: `invalidRequest` if `size` cannot compress an image.
    func revealed(
        _ isKnown: (Int) -> Bool, size: InformationMetric.ImageSize
    ) throws(ModelError) -> (bytes: [UInt8], size: Int) {
        let plane = shape.height * shape.width
        var result = bytes
        var sizes = [Int?](repeating: nil, count: shape.frames)
        result.withUnsafeMutableBufferPointer { result in
            sizes.withUnsafeMutableBufferPointer { sizes in
                pool.run(shape.frames) { frame, _ in
                    let first = frame * plane
                    let samples = first * 3..<(first + plane) * 3
                    let image = RevealedImage.bytes(
                        bytes[samples], height: shape.height, width: shape.width,
                        isKnown: (0..<plane).map { seeds[$0] || isKnown(first + $0) })
                    sizes[frame] = size(image, shape.height, shape.width)
                    for (index, value) in zip(samples, image) { result[index] = value }
                }
            }
        }
        var sum = 0
        for size in sizes {
            guard let size else { throw ModelError(.invalidRequest, "an image cannot be compressed") }
            sum += size
        }
        return (result, sum)
    }
}
