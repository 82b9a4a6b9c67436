import DequeModule
import Encode
import Foundation

/// Packets on their way to the thread that writes files, so that a slow disk does not hold the pictures up.
///
/// What does not fit is left out from the newest on, up to the next key frame, and counted. Taking blocks the calling thread.
// Unchecked: every access to the stored properties is under `condition`.
final class PacketQueue: @unchecked Sendable {
    private let condition = NSCondition()
    private let capacity: Int
    private var packets = Deque<LivePacket>()
    private var isSkipping = false
    private var isClosed = false
    private var lostCount: UInt64 = 0

    /// - Parameter capacity: packets that may wait.
    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    func append(_ packet: LivePacket) {
        condition.lock()
        defer { condition.unlock() }
        guard !isClosed else { return }
        if case .picture(let picture) = packet {
            if isSkipping, picture.isKeyFrame, packets.count < capacity { isSkipping = false }
            if packets.count >= capacity { isSkipping = true }
            if isSkipping {
                lostCount += 1
                return
            }
        } else if isSkipping || packets.count >= capacity {
            return
        }
        packets.append(packet)
        condition.signal()
    }

    /// Waits for the next packet; nil after the last one.
    func next() -> LivePacket? {
        condition.lock()
        defer { condition.unlock() }
        while packets.isEmpty, !isClosed { condition.wait() }
        return packets.popFirst()
    }

    func close() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        condition.unlock()
    }

    /// Pictures left out so far.
    var lost: UInt64 {
        condition.lock()
        defer { condition.unlock() }
        return lostCount
    }
}
