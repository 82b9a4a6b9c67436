import CFFmpeg
import Media

/// A compressed frame, shared by reference among outputs and never written.
public final class EncodedFrame: Sendable {
    /// Its time stamp and duration count in `LiveStream.timeBase`, the former from the connection's first frame.
    public let packet: PacketBuffer
    /// Seconds since the connection's first frame.
    public let time: Double
    /// In seconds, as far as it is known when the frame comes.
    public let duration: Double
    /// Whether decoding can begin here.
    public let isKeyFrame: Bool
    /// Seconds since 1970.
    public let wallClock: Double

    init(packet: consuming PacketBuffer, timeBase: Rational, wallClock: Double) {
        time = timeBase.seconds(packet.pointer.pointee.pts)
        duration = timeBase.seconds(packet.pointer.pointee.duration)
        isKeyFrame = packet.pointer.pointee.flags & AV_PKT_FLAG_KEY != 0
        self.wallClock = wallClock
        self.packet = packet
    }

    var ticks: Int64 { packet.pointer.pointee.pts }
    var byteCount: Int { Int(packet.pointer.pointee.size) }
}

/// What the outputs of a live stream take.
public enum LivePacket: Sendable {
    case frame(EncodedFrame)
    /// A packet of one of the source's other streams.
    ///
    /// - Parameter time: its seconds since the connection's first frame; the packet's own time stamps are not looked
    ///   at.
    case side(MediaPacket, time: Double)
}

extension LivePacket {
    var isFrame: Bool { if case .frame = self { true } else { false } }

    /// Seconds since the connection's first frame.
    var time: Double {
        switch self {
        case .frame(let frame): frame.time
        case .side(_, let time): time
        }
    }

    /// The memory that a reference keeps, about.
    var byteCount: Int {
        let overhead = 512
        switch self {
        case .frame(let frame): return frame.byteCount + overhead
        case .side(let packet, _): return Int(packet.buffer.pointer.pointee.size) + overhead
        }
    }
}

extension MediaPacket {
    /// Another reference to the packet, with its time stamps moved.
    ///
    /// - Parameters:
    ///   - seconds: the new presentation time.
    ///   - timeBase: the unit of the packet's time stamps.
    func reference(at seconds: Double, timeBase: Rational) throws(MediaError) -> PacketBuffer {
        let copy = try buffer.reference()
        let stamp = ticks(seconds / timeBase.value)
        copy.pointer.pointee.pts = stamp
        copy.pointer.pointee.dts = stamp
        return copy
    }
}

/// What every output of one connection has to know of its stream; made by the encoder.
public struct LiveStream: Sendable {
    /// Where the frames and packets come from.
    public let source: SourceProperties
    /// The unit of the frames' time stamps, in seconds.
    public let timeBase: Rational
    /// The encoder's description of its packets.
    let parameters: CodecParameters

    /// The sound, as streams whose clock begins with the frames' connection: packets get their times from `LivePacket`.
    func sound() -> SourceProperties {
        var properties = source
        properties.startTime = 0
        properties.auxiliaryStreams = source.auxiliaryStreams.filter { $0.kind == .audio && $0.timeBase.isPositive }
        for index in properties.auxiliaryStreams.indices { properties.auxiliaryStreams[index].videoStartOffset = 0 }
        return properties
    }
}
