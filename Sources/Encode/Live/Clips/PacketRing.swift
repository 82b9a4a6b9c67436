/// The last seconds of a stream, whole GOPs, for clips that begin before their cause. Bounded in seconds and
/// in bytes.
public struct PacketRing: Sendable {
    private let seconds: Double
    private let maximumBytes: Int
    /// In the order they came; the first frame is a key frame.
    private var entries: [LivePacket] = []
    /// Times of the key frames among them.
    private var keyTimes: [Double] = []
    private var newestTime = 0.0
    /// Bytes that are kept, with what it takes to keep them.
    private(set) var byteCount = 0

    /// - Parameters:
    ///   - seconds: back from the newest frame; what is kept begins at a key frame before that.
    ///   - maximumBytes: beyond, whole groups go, oldest first, so that less than `seconds` is kept.
    public init(seconds: Double, maximumBytes: Int) {
        self.seconds = max(0, seconds)
        self.maximumBytes = max(0, maximumBytes)
    }

    public mutating func append(_ packet: LivePacket) {
        switch packet {
        case .frame(let frame):
            // Without its key frame a frame is of no use.
            if keyTimes.isEmpty, !frame.isKeyFrame { return }
            newestTime = frame.time
            if frame.isKeyFrame { keyTimes.append(frame.time) }
        case .side:
            if keyTimes.isEmpty { return }
        }
        entries.append(packet)
        byteCount += packet.byteCount
        if case .frame(let frame) = packet, frame.isKeyFrame { removeGroups(before: firstUseful) }
        while byteCount > maximumBytes, !entries.isEmpty {
            removeGroups(before: keyTimes.count > 1 ? keyTimes[1] : .infinity)
        }
    }

    /// From the last key frame that is no younger than asked for, or the oldest there is, to the newest.
    public var packets: [LivePacket] {
        let first = firstUseful
        return entries.filter { $0.time >= first }
    }

    private var firstUseful: Double {
        keyTimes.last { $0 <= newestTime - seconds } ?? keyTimes.first ?? .infinity
    }

    /// By time, not by place: sound may have come among the frames of another group.
    private mutating func removeGroups(before first: Double) {
        guard let oldest = keyTimes.first, oldest < first else { return }
        keyTimes.removeAll { $0 < first }
        entries.removeAll { entry in
            guard entry.time < first else { return false }
            byteCount -= entry.byteCount
            return true
        }
    }
}
