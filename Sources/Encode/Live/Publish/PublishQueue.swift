import Concurrency

/// Packets on their way to a publisher's thread: bounded, and never waited for by whoever puts them in.
// Unchecked: every access to the stored properties is under `condition`.
final class PublishQueue: @unchecked Sendable {
    struct Limits: Sendable {
        var packets = 512
        var bytes = 16 << 20
    }

    typealias Element = (epoch: PublishEpoch, packet: LivePacket)

    private let condition = Monitor()
    private let limits: Limits
    private var epoch: PublishEpoch?
    private var elements: [Element] = []
    /// Those of `elements` that are taken out already.
    private var takenCount = 0
    private var byteCount = 0
    private var droppedCount: UInt64 = 0
    private var isAccepting = false
    /// Whether something was dropped, so that only a key frame can follow.
    private var needsKeyFrame = true
    private var isStopped = false

    init(_ limits: Limits) {
        self.limits = limits
    }

    // MARK: Whoever has the packets

    func begin(_ epoch: PublishEpoch) {
        condition.withLock {
            self.epoch = epoch
            needsKeyFrame = true
            condition.broadcast()
        }
    }

    /// Appends, or drops and counts.
    func push(_ packet: LivePacket) {
        condition.withLock {
            var isKeyFrame = false
            if case .picture(let picture) = packet { isKeyFrame = picture.isKeyFrame }
            guard isAccepting, !isStopped, let epoch, isKeyFrame || !needsKeyFrame,
                elements.count - takenCount < limits.packets, byteCount + packet.byteCount <= limits.bytes
            else {
                needsKeyFrame = true
                droppedCount += 1
                return
            }
            needsKeyFrame = false
            elements.append((epoch, packet))
            byteCount += packet.byteCount
            condition.broadcast()
        }
    }

    func stop() {
        condition.withLock {
            isStopped = true
            condition.broadcast()
        }
    }

    var dropped: UInt64 { condition.withLock { droppedCount } }

    // MARK: The publisher's thread

    var wasStopped: Bool { condition.withLock { isStopped } }

    /// Waits for the first epoch.
    ///
    /// - Returns: the newest; nil when stopped.
    func currentEpoch() -> PublishEpoch? {
        condition.withLock {
            while epoch == nil, !isStopped { condition.wait() }
            return isStopped ? nil : epoch
        }
    }

    /// Takes packets from now on, beginning at a key frame.
    func accept() {
        condition.withLock {
            isAccepting = true
            needsKeyFrame = true
        }
    }

    /// Drops what is there and what comes.
    func refuse() {
        condition.withLock {
            isAccepting = false
            droppedCount += UInt64(elements.count - takenCount)
            elements.removeAll()
            takenCount = 0
            byteCount = 0
        }
    }

    /// Waits for a packet.
    ///
    /// - Returns: nil when stopped and nothing is left.
    func pop() -> Element? {
        condition.withLock {
            while elements.isEmpty, !isStopped { condition.wait() }
            guard !elements.isEmpty else { return nil }
            let element = elements[takenCount]
            takenCount += 1
            byteCount -= element.packet.byteCount
            if takenCount == elements.count || takenCount > 64 {
                elements.removeFirst(takenCount)
                takenCount = 0
            }
            return element
        }
    }

    /// Waits so many seconds, or less when stopped.
    func pause(for seconds: Double) {
        let end = Monitor.deadline(after: seconds)
        condition.withLock {
            while !isStopped, condition.wait(until: end) {}
        }
    }
}
