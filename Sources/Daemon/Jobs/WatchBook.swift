import Synchronization

/// The watches as they are set now; a reload changes them while jobs run.
final class WatchBook: Sendable {
    private let watches: Mutex<[WatchSettings]>

    init(_ watches: [WatchSettings]) {
        self.watches = Mutex(watches)
    }

    var all: [WatchSettings] { watches.withLock { $0 } }

    /// Nil for a name that is not watched, or no longer.
    subscript(name: String?) -> WatchSettings? {
        watches.withLock { $0.first { $0.name == name } }
    }

    func replace(_ new: [WatchSettings]) {
        watches.withLock { $0 = new }
    }
}
