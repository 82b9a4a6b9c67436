import FoundationEssentials

/// The card that training the built-in model writes (`tools/motion/export.py`), as far as people are shown it.
struct MotionCard: Decodable {
    struct Input: Decodable {
        var frames: Int
        var framesPerSecond: Double
        var image: String
    }

    struct Training: Decodable {
        var data: String
        var clips: Int
    }

    /// Shares, 0…1, over this many held-out clips.
    struct Measurement: Decodable {
        var clips: Int
        /// Right answers.
        var top1: Double
        /// Maps whose maximum lies on the mover.
        var pointing: Double
        /// Of the map's energy on the mover, and of the image that the mover takes.
        var energyInMask: Double
        var maskArea: Double
        /// The same two with the mask of another clip: what movers' places and sizes alone are worth.
        var pointingElsewhere: Double
        var energyElsewhere: Double
    }

    struct Quality: Decodable {
        var measuredOn: String
        var model: Measurement
        var randomWeights: Measurement
    }

    struct Network: Decodable {
        /// `ModelVariables.contentHash`.
        var sha256: String
        var parameters: Int
        /// Of the file.
        var bytes: Int
    }

    var description: String
    var license: String
    var classes: [String]
    var network: Network
    var input: Input
    var training: Training
    var quality: Quality
    var limits: [String]
}

extension ModelCard {
    init(name: String, _ motion: MotionCard) {
        let quality = motion.quality
        self.init(
            name: name, summary: motion.description, classCount: motion.classes.count, classes: motion.classes,
            input: "\(motion.input.frames) frames at \(motion.input.framesPerSecond.plain) a second, "
                + motion.input.image,
            trainingData: motion.training.data,
            quality: [
                "\(quality.measuredOn), \(quality.model.clips) of them:", quality.model.sentence,
                "the same network with random weights: " + quality.randomWeights.sentence,
            ], limits: motion.limits.joined(separator: " "), license: motion.license,
            source: "part of saliencyd; docs/train.md says how it is made")
    }
}

extension MotionCard.Measurement {
    fileprivate var sentence: String {
        func percent(_ share: Double) -> String { String(printf: "%.1f %%", share * 100) }
        return "top-1 \(percent(top1)); pointing game \(percent(pointing)), on another clip's mover "
            + "\(percent(pointingElsewhere)); \(percent(energyInMask)) of the map's energy on the mover, which takes "
            + "\(percent(maskArea)) of the image, \(percent(energyElsewhere)) on another clip's"
    }
}
