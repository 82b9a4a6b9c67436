import Engine
import Files
import FoundationEssentials

/// A model that is available by name on this machine, as listed by `saliencyd model list`.
public struct InstalledModel: Sendable, Codable, Equatable {
    public var name: String
    /// Its folder or file; nil for a built-in model.
    public var path: String?
    /// Its card or, for a model without one, a card made from its checkpoint.
    public var card: ModelCard?
    /// One sentence that states why it cannot be used.
    public var problem: String?

    /// A built-in model.
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
    /// A card made from a checkpoint's manifest.
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
    /// The number as text, without a fraction if it is an integer.
    var plain: String {
        self == rounded() && abs(self) < 1e9 ? "\(Int(self))" : "\(self)"
    }
}
