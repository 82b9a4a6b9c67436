/// Which network answered, as results and sidecars state it.
public struct ModelDescription: Sendable, Codable, Equatable {
    public var name: String
    /// The checkpoint's file form.
    public var form: String
    /// Of the checkpoint; `docs/models.md` says over which bytes.
    public var sha256: String
    public var classes: Int

    public init(name: String, form: String, sha256: String, classes: Int) {
        self.name = name
        self.form = form
        self.sha256 = sha256
        self.classes = classes
    }
}
