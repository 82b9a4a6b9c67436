/// Some of the jobs of a filter, newest first.
public struct JobPage: Sendable, Hashable {
    public var jobs: [Job]
    /// The rest are older than the job of this number; nil where there is no rest.
    ///
    /// A search by name looks through this many jobs at a time: a page may hold few jobs, or none, and yet have a next one.
    public var next: Job.ID?

    public init(jobs: [Job], next: Job.ID?) {
        self.jobs = jobs
        self.next = next
    }
}

/// Numbers of jobs that are looked at in one transaction: where from, and down to which.
struct JobSpan {
    /// Jobs that a search by name looks through at a time, since no index helps it: at most 25 ms of one core.
    static let searched: Int64 = 5_000

    var before: Job.ID?
    var from: Job.ID?

    /// What is left below it; nil for nothing.
    let rest: Job.ID?

    init(_ filter: JobFilter, before: Job.ID?, _ table: JobTable) throws {
        guard filter.name != nil, let (first, last) = try table.bounds() else {
            self.before = before
            from = nil
            rest = nil
            return
        }
        // Numbers begin at 1, but a damaged file may hold any.
        let end = min(before ?? .max, last == .max ? last : last + 1)
        let start = max(first, end.subtractingReportingOverflow(Self.searched).overflow ? first : end - Self.searched)
        self.before = end
        from = start
        rest = start > first ? start : nil
    }
}

/// Which jobs are meant.
public struct JobFilter: Sendable, Hashable {
    /// Nil for all.
    public var states: Set<JobState>?
    /// Only those of this drop folder; nil for all.
    public var dropFolder: String?
    /// Only those whose source's file name contains this, whatever the case of ASCII letters; nil for all.
    public var name: String?

    public init(states: Set<JobState>? = nil, dropFolder: String? = nil, name: String? = nil) {
        self.states = states
        self.dropFolder = dropFolder
        self.name = name
    }

    /// Whether it means every job.
    public var isEmpty: Bool { states == nil && dropFolder == nil && name == nil }
}
