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
