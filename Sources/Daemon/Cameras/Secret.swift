/// A password in memory. Printing one does not show it.
struct Secret: Sendable, Equatable {
    let text: String

    init(_ text: String) {
        self.text = text
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "***" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}
