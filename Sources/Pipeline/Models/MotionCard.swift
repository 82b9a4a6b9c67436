import FoundationEssentials

/// The part of the built-in model's card, written by its training (`tools/motion/export.py`), that is shown to users.
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

    /// Fractions, 0…1, over this number of held-out clips.
    struct Measurement: Decodable {
        var clips: Int
        /// The fraction of correct answers.
        var top1: Double
        /// The fraction of maps whose maximum lies on the moving object.
        var pointing: Double
        /// The fractions of the map's energy on the moving object, and of the image that the object covers.
        var energyInMask: Double
        var maskArea: Double
        /// The same two values with the mask of another clip, which the objects' positions and sizes alone explain.
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
        /// The file's size.
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
