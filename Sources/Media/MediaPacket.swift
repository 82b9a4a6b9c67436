import CFFmpeg

/// An item of a source, in the order of the file: a frame, or a packet of an audio or subtitle stream.
public enum SourceItem: Sendable {
    case frame(VideoFrame)
    /// A packet of an audio or subtitle stream, unchanged.
    case packet(MediaPacket)
}

/// A compressed packet of an audio or subtitle stream on its way from the source to the writer.
public final class MediaPacket: Sendable {
    public let buffer: PacketBuffer
    /// The index of its stream in the source; `SourceProperties.auxiliaryStreams` describes it.
    public let stream: Int

    public init(buffer: consuming PacketBuffer, stream: Int) {
        self.buffer = buffer
        self.stream = stream
    }
}

extension MediaPacket {
    /// The presentation time of the packet in seconds on the source's clock; nil if the source does not state it.
    ///
    /// - Parameter timeBase: the time base of the packet's stream.
    public func time(_ timeBase: Rational) -> Double? {
        let packet = buffer.pointer.pointee
        let stamp = packet.pts != saliency_nopts ? packet.pts : packet.dts
        return stamp == saliency_nopts ? nil : timeBase.seconds(stamp)
    }
}
