import Engine

/// A model that goes by a name on this machine, as `saliencyd model list` shows it.
public struct InstalledModel: Sendable, Codable, Equatable {
    public var name: String
    public var path: String
    /// Its own card, or for a model without one what its checkpoint says.
    public var card: ModelCard?
    /// Why it cannot be used, as one sentence.
    public var problem: String?

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
        let picture = manifest.inputChannels == 3 ? "RGB" : "optical flow"
        self.init(
            name: name, summary: manifest.name, classCount: manifest.classCount, classes: nil,
            input: "\(manifest.clipLength) frames at \(manifest.framesPerSecond.plain) a second, \(picture), "
                + "short side \(manifest.shortSide), crop \(manifest.pictureSize)",
            trainingData: "not stated", quality: [], limits: "not stated", license: manifest.license ?? "not stated")
    }
}

extension Double {
    /// Without a fraction where there is none.
    fileprivate var plain: String {
        self == rounded() && abs(self) < 1e9 ? "\(Int(self))" : "\(self)"
    }
}
