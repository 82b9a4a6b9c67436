import Synchronization

/// The last of the values that some thread handed over.
final class LastValue<Value: Sendable>: Sendable {
    private let held = Mutex<Value?>(nil)

    var value: Value? { held.withLock { $0 } }

    func set(_ value: Value) {
        held.withLock { $0 = value }
    }
}
