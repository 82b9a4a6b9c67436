/// A page of jobs.
struct JobListAnswer: Encodable {
    var jobs: [JobAnswer]
    /// The value of `before` that gives the next page; nil on the last.
    var next: Int64?

    private enum CodingKeys: CodingKey {
        case jobs, next
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(jobs, forKey: .jobs)
        // Said even where there is none.
        try container.encode(next, forKey: .next)
    }
}
