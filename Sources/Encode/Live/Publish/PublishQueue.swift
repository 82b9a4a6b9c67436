import Concurrency
import DequeModule

/// A bounded queue of packets for a publisher's thread; adding a packet never blocks.
final class PublishQueue: Sendable {
    struct Limits: Sendable {
        var packets = 512
        var bytes = 16 << 20
    }

    typealias Element = (input: PublishInput, packet: LivePacket)

    private struct State {
        var input: PublishInput?
        var elements = Deque<Element>()
        var byteCount = 0
        var dropped: UInt64 = 0
        var isAccepting = false
        /// Whether a packet was dropped, so that the next one must be a key frame.
        var needsKeyFrame = true
        var isStopped = false
    }

    private let monitor = Monitor(State())
    private let limits: Limits

    init(_ limits: Limits) {
        self.limits = limits
    }

    // MARK: The producer's side

    func begin(_ input: PublishInput) {
        monitor.update { state in
            state.input = input
            state.needsKeyFrame = true
        }
    }

    /// Appends the packet, or drops and counts it.
    func push(_ packet: LivePacket) {
        monitor.update { state in
            var isKeyFrame = false
            if case .frame(let frame) = packet { isKeyFrame = frame.isKeyFrame }
            guard state.isAccepting, !state.isStopped, let input = state.input, isKeyFrame || !state.needsKeyFrame,
                state.elements.count < limits.packets, state.byteCount + packet.byteCount <= limits.bytes
            else {
                state.needsKeyFrame = true
                state.dropped += 1
                return
            }
            state.needsKeyFrame = false
            state.elements.append((input, packet))
            state.byteCount += packet.byteCount
        }
    }

    func stop() {
        monitor.update { $0.isStopped = true }
    }

    var dropped: UInt64 { monitor.read { $0.dropped } }

    // MARK: The publisher's thread

    var wasStopped: Bool { monitor.read { $0.isStopped } }

    /// Waits for the first camera connection.
    ///
    /// - Returns: the newest one; nil when stopped.
    func currentInput() -> PublishInput? {
        monitor.wait { state in
            if state.isStopped { return .done(nil) }
            guard let input = state.input else { return .wait }
            return .done(input)
        }
    }

    /// Accepts packets from now on, beginning at a key frame.
    func accept() {
        monitor.update { state in
            state.isAccepting = true
            state.needsKeyFrame = true
        }
    }

    /// Drops all queued packets and refuses further ones.
    func refuse() {
        monitor.update { state in
            state.isAccepting = false
            state.dropped += UInt64(state.elements.count)
            state.elements.removeAll()
            state.byteCount = 0
        }
    }

    /// Waits for a packet.
    ///
    /// - Returns: nil when stopped and empty.
    func pop() -> Element? {
        monitor.wait { state in
            guard let element = state.elements.popFirst() else { return state.isStopped ? .done(nil) : .wait }
            state.byteCount -= element.packet.byteCount
            return .done(element)
        }
    }

    /// Waits this many seconds, or until stopped.
    func pause(for seconds: Double) {
        let end = MonotonicTime.after(seconds)
        monitor.wait { $0.isStopped || MonotonicTime.now >= end ? .done(()) : .waitUntil(end) }
    }
}
