import CFFmpeg
import Media

/// A compressed picture, shared by reference among outputs and never written.
public final class EncodedPicture: Sendable {
    /// Its time stamp and duration count in `LiveStream.timeBase`, the former from the epoch's first picture.
    public let packet: PacketBuffer
    /// Seconds since the epoch's first picture.
    public let time: Double
    /// In seconds, as far as it is known when the picture comes.
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
    case picture(EncodedPicture)
    /// A packet of one of the source's other streams.
    ///
    /// - Parameter time: its seconds since the epoch's first picture; the packet's own time stamps are not looked at.
    case side(MediaPacket, time: Double)
}

extension LivePacket {
    var isPicture: Bool { if case .picture = self { true } else { false } }

    /// Seconds since the epoch's first picture.
    var time: Double {
        switch self {
        case .picture(let picture): picture.time
        case .side(_, let time): time
        }
    }

    /// The memory that a reference keeps, about.
    var byteCount: Int {
        let overhead = 512
        switch self {
        case .picture(let picture): return picture.byteCount + overhead
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

/// What every output of one epoch has to know of its stream; made by the encoder.
public struct LiveStream: Sendable {
    /// Where the pictures and packets come from.
    public let source: SourceProperties
    /// The unit of the pictures' time stamps, in seconds.
    public let timeBase: Rational
    /// The encoder's description of its packets.
    let parameters: CodecParameters

    /// The sound, as streams whose clock begins with the pictures' epoch: packets get their times from `LivePacket`.
    func sound() -> SourceProperties {
        var properties = source
        properties.startTime = 0
        properties.sideStreams = source.sideStreams.filter { $0.kind == .audio && $0.timeBase.isPositive }
        for index in properties.sideStreams.indices { properties.sideStreams[index].videoStartOffset = 0 }
        return properties
    }
}
