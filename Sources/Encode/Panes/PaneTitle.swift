/// What stands above a pane: a name at the left, and what belongs to it at the right.
public struct PaneTitle: Sendable, Hashable {
    public var name: String
    public var detail: String?

    public init(_ name: String, detail: String? = nil) {
        self.name = name
        self.detail = detail
    }
}
