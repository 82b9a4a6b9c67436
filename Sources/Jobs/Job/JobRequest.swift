/// A request to enter a job into the ledger.
public struct JobRequest: Sendable, Hashable {
    public var key: JobKey
    /// The size of the source in bytes.
    public var bytes: Int64
    /// The name of the drop folder that the source came from, if any.
    public var dropFolder: String?
    /// The path of the file to read.
    public var source: String
    /// The path of the file to write.
    public var output: String
    /// Jobs with a higher priority are claimed first.
    public var priority: Int

    public init(key: JobKey, bytes: Int64, dropFolder: String?, source: String, output: String, priority: Int = 0) {
        self.key = key
        self.bytes = bytes
        self.dropFolder = dropFolder
        self.source = source
        self.output = output
        self.priority = priority
    }
}

/// The identity of a job: content, model and options, never the name of the file.
public struct JobKey: Sendable, Hashable, Codable {
    /// SHA-256 of the source's bytes, in hexadecimal.
    public var content: String
    /// Identifies the model's weights, not their file.
    public var model: String
    /// Canonical JSON: equal options give equal text.
    public var options: String

    public init(content: String, model: String, options: String) {
        self.content = content
        self.model = model
        self.options = options
    }
}

/// The outcome of a request to enter a job.
public enum Admission: Sendable, Hashable {
    /// A new job was queued.
    case new(Job)
    /// The ledger already has this job, which was not changed.
    case known(Job)
    /// The ledger already had this job, which was queued again.
    case again(Job)

    public var job: Job {
        switch self {
        case .new(let job), .known(let job), .again(let job): job
        }
    }
}
