/// What becomes of a file in a drop folder, and why: for those who ask why it is not annotated.
struct FileReport: Sendable, Equatable, Encodable {
    enum State: String, Sendable, CaseIterable, Encodable {
        /// It is never taken as it is.
        case passedOver = "passed_over"
        /// It has not stayed as it is for long enough, or others are taken before it.
        case waiting
        /// It is being looked at.
        case reading
        /// It was looked at and will be again.
        case later
        /// It is, or was, a job.
        case job
    }

    /// Its path below the folder.
    var name: String
    var bytes: Int64?
    var state: State
    /// One sentence.
    var reason: String
    /// The number of its job.
    var job: Int64?
}
