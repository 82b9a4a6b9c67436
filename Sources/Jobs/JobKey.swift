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
