/// What happens to a source's sound.
public enum AudioPolicy: String, Sendable, Hashable, CaseIterable {
    /// Copied where the container holds it, else transcoded.
    case copy
    /// Copied where the container holds it and players decode it there, else transcoded.
    case compatible
    /// Left out.
    case omitted = "none"
}
