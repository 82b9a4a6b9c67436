import CFFmpeg
import Media

/// An encoded frame, shared by reference among outputs and immutable.
public final class EncodedFrame: Sendable {
    /// Its time stamp, which counts from the connection's first frame, and its duration are in `LiveStream.timeBase`.
    public let packet: PacketBuffer
    /// Seconds since the connection's first frame.
    public let time: Double
    /// In seconds, as known at encoding.
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

/// A packet for the outputs of a live stream.
public enum LivePacket: Sendable {
    case frame(EncodedFrame)
    /// A packet of one of the source's other streams.
    ///
    /// - Parameter time: seconds since the connection's first frame; the packet's own time stamps are ignored.
    case auxiliary(MediaPacket, time: Double)
}

extension LivePacket {
    var isFrame: Bool { if case .frame = self { true } else { false } }

    /// Seconds since the connection's first frame.
    var time: Double {
        switch self {
        case .frame(let frame): frame.time
        case .auxiliary(_, let time): time
        }
    }

    /// The approximate memory that a reference keeps allocated, in bytes.
    var byteCount: Int {
        let overhead = 512
        switch self {
        case .frame(let frame): return frame.byteCount + overhead
        case .auxiliary(let packet, _): return Int(packet.buffer.pointer.pointee.size) + overhead
        }
    }
}

extension MediaPacket {
    /// Another reference to the packet, with new time stamps.
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

/// The description of a connection's stream for its outputs; created by the encoder.
public struct LiveStream: Sendable {
    /// The source of the frames and packets.
    public let source: SourceProperties
    /// The unit of the frames' time stamps, in seconds.
    public let timeBase: Rational
    /// The encoder's description of its packets.
    let parameters: CodecParameters

    /// The source with its audio streams only and with times that begin at 0, since packets get their times from
    /// `LivePacket`.
    func sound() -> SourceProperties {
        var properties = source
        properties.startTime = 0
        properties.auxiliaryStreams = source.auxiliaryStreams.filter { $0.kind == .audio && $0.timeBase.isPositive }
        for index in properties.auxiliaryStreams.indices { properties.auxiliaryStreams[index].videoStartOffset = 0 }
        return properties
    }
}
