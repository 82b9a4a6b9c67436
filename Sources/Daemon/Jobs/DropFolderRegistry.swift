import DaemonConfiguration
import Synchronization

/// The watches as they are set now; a reload changes them while jobs run.
final class DropFolderRegistry: Sendable {
    private let watches: Mutex<[DropFolderSettings]>

    init(_ watches: [DropFolderSettings]) {
        self.watches = Mutex(watches)
    }

    var all: [DropFolderSettings] { watches.withLock { $0 } }

    /// Nil for a name that is not watched, or no longer.
    subscript(name: String?) -> DropFolderSettings? {
        watches.withLock { $0.first { $0.name == name } }
    }

    func replace(_ new: [DropFolderSettings]) {
        watches.withLock { $0 = new }
    }
}
