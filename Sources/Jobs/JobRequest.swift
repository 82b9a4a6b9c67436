/// A job that is asked for.
public struct JobRequest: Sendable, Hashable {
    public var key: JobKey
    /// The size of the source.
    public var bytes: Int64
    /// The name of the watched folder it came from, if it came from one.
    public var watch: String?
    /// The path of the file to read.
    public var source: String
    /// The path of the file to write.
    public var output: String
    /// Higher comes first.
    public var priority: Int

    public init(key: JobKey, bytes: Int64, watch: String?, source: String, output: String, priority: Int = 0) {
        self.key = key
        self.bytes = bytes
        self.watch = watch
        self.source = source
        self.output = output
        self.priority = priority
    }
}
