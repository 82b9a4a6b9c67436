import CFFmpeg
import Files
import Media

/// Sound on its way to a file: packets that run ahead of the pictures wait until it is known to which file they belong.
struct SoundQueue {
    /// What may wait; beyond, the oldest are dropped.
    private static let mostPackets = 4096
    private static let mostBytes = 8 << 20

    private var waiting: [(packet: MediaPacket, time: Double)] = []
    private var byteCount = 0
    private var lostCount = 0
    /// The newest time of each stream.
    private var times: [Int: Double] = [:]

    var warnings: [String] {
        lostCount == 0 ? [] : ["\(lostCount.counted("packet")) of sound came too far ahead of their pictures"]
    }

    mutating func add(_ packet: MediaPacket, at time: Double) {
        guard time.isFinite else { return }
        times[packet.stream] = time
        waiting.append((packet, time))
        byteCount += Int(packet.buffer.pointer.pointee.size)
        while waiting.count > Self.mostPackets || byteCount > Self.mostBytes, !waiting.isEmpty {
            byteCount -= Int(waiting.removeFirst().packet.buffer.pointer.pointee.size)
            lostCount += 1
        }
    }

    /// Takes out the oldest packet that comes no later than `time`.
    mutating func next(until time: Double) -> (packet: MediaPacket, time: Double)? {
        guard let index = waiting.firstIndex(where: { $0.time <= time }) else { return nil }
        byteCount -= Int(waiting[index].packet.buffer.pointer.pointee.size)
        return waiting.remove(at: index)
    }

    /// Whether no stream that was heard of has packets before `time` to come.
    func hasPassed(_ time: Double) -> Bool { times.values.allSatisfy { $0 >= time } }
}
