/// What a compare job made.
public struct CompareOutcome: Sendable {
    /// The video.
    public var output: String
    public var sidecarPath: String
    public var result: CompareResult
    /// At the end.
    public var progress: JobProgress
}
