/// How far pruning has come: the end and the number of the job looked at last, and how many were kept because they are needed.
public struct PruningPlace: Sendable, Hashable {
    /// Milliseconds since 1970.
    let end: Int64
    let id: Job.ID
    let spared: Int
}
