import Synchronization

/// The cameras as they are set now; a reload changes them.
final class CameraRegistry: Sendable {
    private let entries = Mutex<[CameraEntry]>([])

    /// In the order of the configuration.
    var all: [CameraEntry] { entries.withLock { $0 } }

    /// Nil for a name that is no camera's, or no longer.
    subscript(name: String) -> CameraEntry? {
        entries.withLock { $0.first { $0.settings.name == name } }
    }

    func replace(_ new: [CameraEntry]) {
        entries.withLock { $0 = new }
    }
}
