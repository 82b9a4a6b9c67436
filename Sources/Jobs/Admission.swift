/// What became of a job that was asked for.
public enum Admission: Sendable, Hashable {
    /// It is queued.
    case new(Job)
    /// There is such a job, and it stays as it is.
    case known(Job)
    /// There was such a job, and it is queued once more.
    case again(Job)

    public var job: Job {
        switch self {
        case .new(let job), .known(let job), .again(let job): job
        }
    }
}
