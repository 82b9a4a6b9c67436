import CFFmpeg
import Media

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
