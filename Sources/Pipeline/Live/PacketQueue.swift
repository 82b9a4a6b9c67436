import Concurrency
import DequeModule
import Encode

/// The queue of packets for the thread that writes files, so that a slow disk does not block frames.
///
/// If the queue is full, new packets are dropped up to the next key frame, and counted. `next` blocks the calling
/// thread.
final class PacketQueue: Sendable {
    private struct State {
        var packets = Deque<LivePacket>()
        var isSkipping = false
        var isClosed = false
        var lost: UInt64 = 0
    }

    private let monitor = Monitor(State())
    private let capacity: Int

    /// - Parameter capacity: the maximum number of packets.
    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    func append(_ packet: LivePacket) {
        monitor.update { state in
            guard !state.isClosed else { return }
            let isFull = state.packets.count >= capacity
            if case .frame(let frame) = packet {
                if isFull {
                    state.isSkipping = true
                } else if frame.isKeyFrame {
                    state.isSkipping = false
                }
                if state.isSkipping {
                    state.lost += 1
                    return
                }
            } else if state.isSkipping || isFull {
                return
            }
            state.packets.append(packet)
        }
    }

    /// Waits for the next packet; nil after the last one.
    func next() -> LivePacket? {
        monitor.wait { state in
            guard let packet = state.packets.popFirst() else { return state.isClosed ? .done(nil) : .wait }
            return .done(packet)
        }
    }

    func close() {
        monitor.update { $0.isClosed = true }
    }

    /// The number of frames dropped so far.
    var lost: UInt64 { monitor.read { $0.lost } }
}
