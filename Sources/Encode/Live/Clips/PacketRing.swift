/// A ring buffer of the last seconds of a stream, in whole groups of pictures (GOPs), for clips that begin before their
/// event. Limited in seconds and in bytes.
public struct PacketRing: Sendable {
    private let seconds: Double
    private let maximumBytes: Int
    /// In order of arrival; the first frame is a key frame.
    private var entries: [LivePacket] = []
    /// The times of the key frames in `entries`.
    private var keyTimes: [Double] = []
    private var newestTime = 0.0
    /// The memory used by the entries, including overhead, in bytes.
    private(set) var byteCount = 0

    /// - Parameters:
    ///   - seconds: the duration kept before the newest frame, extended to the preceding key frame.
    ///   - maximumBytes: the maximum size; if it is exceeded, the oldest groups are dropped, so that less than
    ///     `seconds` is kept.
    public init(seconds: Double, maximumBytes: Int) {
        self.seconds = max(0, seconds)
        self.maximumBytes = max(0, maximumBytes)
    }

    public mutating func append(_ packet: LivePacket) {
        switch packet {
        case .frame(let frame):
            // A frame without its key frame cannot be decoded.
            if keyTimes.isEmpty, !frame.isKeyFrame { return }
            newestTime = frame.time
            if frame.isKeyFrame { keyTimes.append(frame.time) }
        case .auxiliary:
            if keyTimes.isEmpty { return }
        }
        entries.append(packet)
        byteCount += packet.byteCount
        if case .frame(let frame) = packet, frame.isKeyFrame { removeGroups(before: firstUseful) }
        while byteCount > maximumBytes, !entries.isEmpty {
            removeGroups(before: keyTimes.count > 1 ? keyTimes[1] : .infinity)
        }
    }

    /// The packets from the last key frame at least `seconds` before the newest frame, or else from the oldest one, to
    /// the newest packet.
    public var packets: [LivePacket] {
        let first = firstUseful
        return entries.filter { $0.time >= first }
    }

    private var firstUseful: Double {
        keyTimes.last { $0 <= newestTime - seconds } ?? keyTimes.first ?? .infinity
    }

    /// Removes by time, not by position, because sound may have arrived among the frames of another group.
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
