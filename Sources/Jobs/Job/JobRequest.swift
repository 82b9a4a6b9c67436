/// A job that is asked for.
public struct JobRequest: Sendable, Hashable {
    public var key: JobKey
    /// The size of the source.
    public var bytes: Int64
    /// The name of the drop folder it came from, if it came from one.
    public var dropFolder: String?
    /// The path of the file to read.
    public var source: String
    /// The path of the file to write.
    public var output: String
    /// Higher comes first.
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

/// What makes two jobs the same job: content, model and options, never the name of the file.
public struct JobKey: Sendable, Hashable, Codable {
    /// SHA-256 of the source's bytes, in hexadecimal.
    public var content: String
    /// Identifies the model's weights, not the file they lie in.
    public var model: String
    /// JSON in one canonical form: the same options are the same text.
    public var options: String

    public init(content: String, model: String, options: String) {
        self.content = content
        self.model = model
        self.options = options
    }
}

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
