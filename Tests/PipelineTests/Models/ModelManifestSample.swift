import Engine

enum ModelManifestSample {
    /// The manifest of `TinyModel`.
    static let tiny = ModelManifest(
        name: "tiny", classCount: 5, inputChannels: 3, clipLength: 8, frameSize: 32, shortSide: 36,
        labels: TinyModel.labels)
}
