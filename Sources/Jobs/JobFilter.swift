/// Which jobs are meant.
public struct JobFilter: Sendable, Hashable {
    /// Nil for all.
    public var states: Set<JobState>?
    /// Only those of this watched folder; nil for all.
    public var watch: String?
    /// Only those whose source's file name contains this, whatever the case of ASCII letters; nil for all.
    public var name: String?

    public init(states: Set<JobState>? = nil, watch: String? = nil, name: String? = nil) {
        self.states = states
        self.watch = watch
        self.name = name
    }

    /// Whether it means every job.
    public var isEmpty: Bool { states == nil && watch == nil && name == nil }
}
