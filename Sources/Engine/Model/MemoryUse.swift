/// How a model and its sessions trade memory for speed; the numbers are right either way.
public enum MemoryUse: String, Sendable, CaseIterable {
    /// As fast as can be, within 700 MB for the published network and its window of 64x224x224.
    case fast
    /// About 410 MB: fewer units compute by Winograd convolution, and the largest activations are never there as a whole.
    case low
}
