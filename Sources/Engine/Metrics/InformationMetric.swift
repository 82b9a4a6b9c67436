/// Brings back the most salient pixels of a blurred clip, a few at a time, and watches how many bytes it takes compressed and
/// what the network answers: what performance information curves are made of.
///
/// As PAIR's for images, but for three things. The part of the most salient pixels is one of the whole clip, so that a
/// frame may come back before the others; the pixels that the blurred clip is drawn from are the same in every frame, so that
/// it does not flicker; and a clip's size is the sum of its images'.
public struct InformationMetric: Sendable {
    /// Bytes that an image `[H, W, 3]` takes when it is compressed without loss; nil if it cannot be. Called from several
    /// threads.
    public typealias ImageSize = @Sendable (_ image: [UInt8], _ height: Int, _ width: Int) -> Int?

    /// The readings of one map, one for each fraction and one for the blurred clip and the clip itself.
    public struct Value: Sendable, Codable, Equatable {
        /// The part of the pixels that has come back beside the random ones, from 0 to 1.
        public var fractions: [Double]
        /// Of the clip, compressed.
        public var bytes: [Int]
        /// The target's, 0…1.
        public var probabilities: [Double]
        /// Whether the target is the network's answer.
        public var answers: [Bool]

        public init(fractions: [Double], bytes: [Int], probabilities: [Double], answers: [Bool]) {
            self.fractions = fractions
            self.bytes = bytes
            self.probabilities = probabilities
            self.answers = answers
        }

        /// SIC, with the target's probability; nil where the blurred clip has as much.
        public var softmaxCurve: PerformanceInformationCurve? {
            PerformanceInformationCurve(sizes: bytes, predictions: probabilities)
        }

        /// AIC, with whether the target is the answer; nil where it is the blurred clip's, or not the clip's.
        public var accuracyCurve: PerformanceInformationCurve? {
            PerformanceInformationCurve(sizes: bytes, predictions: answers.map { $0 ? 1 : 0 })
        }
    }

    /// Those of PAIR's example.
    public static let standardFractions = [0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.13, 0.21, 0.34, 0.5, 0.75]

    public let fractions: [Double]
    /// The part of an image's pixels that the blurred clip is drawn from.
    public let seedPart: Double
    public let seed: UInt64

    /// - Parameters:
    ///   - fractions: ascending, above 0 and below 1.
    ///   - seedPart: the part of an image's pixels that the blurred clip is drawn from.
    ///   - seed: of the choice of these pixels.
    public init(fractions: [Double] = Self.standardFractions, seedPart: Double = 0.01, seed: UInt64 = 1) {
        self.fractions = fractions
        self.seedPart = seedPart
        self.seed = seed
    }

    /// Of the session's clip, which is left as it was. Costs 2 forward passes, and one per fraction and map.
    ///
    /// - Parameters:
    ///   - session: holds the clip.
    ///   - maps: any number, over the same blurred clip.
    ///   - target: the class that the maps explain.
    ///   - size: compresses an image.
    ///   - control: cancels, and hears of the progress.
    /// - Throws: `invalidRequest` if the clip is not of RGB images that `size` knows, a map is not of its size or there is no
    ///   such class; `cancelled`.
    public func values(
        _ session: EngineSession, maps: [SaliencyMap], target: Int, size: ImageSize,
        control: RunControl = RunControl()
    ) throws(ModelError) -> [Value] {
        let shape = session.shape
        guard shape.channels == 3, max(shape.height, shape.width) <= ImageTriangulation.longestEdge else {
            throw ModelError(.invalidRequest, "information is measured of RGB images")
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
                let least = Self.quantile(1 - fraction, of: order)
                readings.append(try measure { Double(map.values[$0]) >= least })
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

    /// Which pixels of an image `[H, W]` the blurred clip is drawn from.
    func seeds(_ shape: ClipShape) -> [Bool] {
        let plane = shape.height * shape.width
        var random = SplitMix(seed: seed, stream: 2000)
        var seeds = [Bool](repeating: false, count: plane)
        for pixel in (0..<plane).shuffled(using: &random).prefix(Int(Double(plane) * seedPart)) { seeds[pixel] = true }
        return seeds
    }

    /// NumPy's `quantile`: on the straight line between the two values beside it.
    ///
    /// - Parameter sorted: ascending, at least one.
    static func quantile(_ part: Double, of sorted: [Float]) -> Double {
        let place = part * Double(sorted.count - 1)
        let below = min(max(Int(place), 0), sorted.count - 1)
        let (low, high) = (Double(sorted[below]), Double(sorted[min(below + 1, sorted.count - 1)]))
        let rest = place - Double(below)
        return rest < 0.5 ? low + (high - low) * rest : high - (high - low) * (1 - rest)
    }
}

/// The clip as bytes, and what is seen of it where only some pixels are known.
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

    /// The clip `[T, H, W, 3]` drawn from the seeds and the pixels that `isKnown` says yes to, and its size.
    ///
    /// - Throws: `invalidRequest` if `size` does not know an image's.
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
