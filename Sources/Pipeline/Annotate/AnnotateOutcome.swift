/// What an annotate job made.
public struct AnnotateOutcome: Sendable {
    /// The annotated video.
    public var output: String
    public var sidecarPath: String
    public var sidecar: Sidecar
    /// At the end.
    public var progress: JobProgress
}
