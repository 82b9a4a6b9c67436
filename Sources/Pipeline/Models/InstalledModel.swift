import Engine
import Files
import FoundationEssentials

/// A model that goes by a name on this machine, as `saliencyd model list` shows it.
public struct InstalledModel: Sendable, Codable, Equatable {
    public var name: String
    /// Its folder or file; nil for one that is part of the executable.
    public var path: String?
    /// Its own card, or for a model without one what its checkpoint says.
    public var card: ModelCard?
    /// Why it cannot be used, as one sentence.
    public var problem: String?

    /// A model of the executable.
    init(_ model: BuiltInModel) {
        name = model.rawValue
        do {
            let bytes = try model.card.contents(limit: model.card.size)
            card = ModelCard(name: name, try JSONDecoder().decode(MotionCard.self, from: Data(bytes)))
        } catch {
            problem = "its card cannot be read: \(error)"
        }
    }

    init(name: String, path: String) {
        self.name = name
        self.path = path
        do throws(ModelError) {
            let checkpoint = try Checkpoint.open(path)
            card = ModelCard(inFolder: path) ?? ModelCard(name: name, manifest: checkpoint.manifest)
        } catch {
            problem = error.description
        }
    }
}

extension ModelCard {
    /// What a checkpoint says of itself.
    init(name: String, manifest: ModelManifest) {
        let frame = manifest.inputChannels == 3 ? "RGB" : "optical flow"
        self.init(
            name: name, summary: manifest.name, classCount: manifest.classCount, classes: nil,
            input: "\(manifest.clipLength.counted("frame")) at \(manifest.framesPerSecond.plain) a second, \(frame), "
                + "short side \(manifest.shortSide), crop \(manifest.frameSize)",
            trainingData: "not stated", quality: [], limits: "not stated", license: manifest.license ?? "not stated")
    }
}

extension Double {
    /// Without a fraction where there is none.
    var plain: String {
        self == rounded() && abs(self) < 1e9 ? "\(Int(self))" : "\(self)"
    }
}
