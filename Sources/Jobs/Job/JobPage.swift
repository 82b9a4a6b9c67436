/// A page of the jobs that a filter selects, newest first.
public struct JobPage: Sendable, Hashable {
    public var jobs: [Job]
    /// The remaining jobs are older than this job; nil if none remain.
    ///
    /// A search by name examines a limited number of jobs per page (`JobSpan.searched`): a page may hold few jobs, or
    /// none, and still have a next one.
    public var next: Job.ID?

    public init(jobs: [Job], next: Job.ID?) {
        self.jobs = jobs
        self.next = next
    }
}

/// The range of job numbers that one transaction examines: below `before`, and not below `from`.
struct JobSpan {
    /// Jobs that a search by name examines at a time, since no index supports it: at most 25 ms of one core.
    static let searched: Int64 = 5_000

    var before: Job.ID?
    var from: Job.ID?

    /// The upper bound of the remaining range; nil if nothing remains.
    let rest: Job.ID?

    init(_ filter: JobFilter, before: Job.ID?, _ table: JobTable) throws {
        guard filter.name != nil, let (first, last) = try table.bounds() else {
            self.before = before
            from = nil
            rest = nil
            return
        }
        // Numbers begin at 1, but a damaged file may contain any.
        let end = min(before ?? .max, last == .max ? last : last + 1)
        let start = max(first, end.subtractingReportingOverflow(Self.searched).overflow ? first : end - Self.searched)
        self.before = end
        from = start
        rest = start > first ? start : nil
    }
}

/// Selects jobs.
public struct JobFilter: Sendable, Hashable {
    /// Nil for all states.
    public var states: Set<JobState>?
    /// Only jobs of this drop folder; nil for all.
    public var dropFolder: String?
    /// Only jobs whose source's file name contains this text, ignoring the case of ASCII letters; nil for all.
    public var name: String?

    public init(states: Set<JobState>? = nil, dropFolder: String? = nil, name: String? = nil) {
        self.states = states
        self.dropFolder = dropFolder
        self.name = name
    }

    /// Whether the filter selects every job.
    public var isEmpty: Bool { states == nil && dropFolder == nil && name == nil }
}
