/// What is averaged over the noisy copies of a clip.
public enum NoiseAverage: String, Sendable, CaseIterable, Codable {
    /// The shares themselves: SmoothGrad (Smilkov et al., arXiv 1706.03825).
    case mean
    /// Their squares: SmoothGrad² (Hooker et al., arXiv 1806.10758), the PAIR package's `magnitude`.
    case squares
    /// Their squared distance from their mean: VarGrad (Adebayo et al., arXiv 1810.03307).
    case variance
}
