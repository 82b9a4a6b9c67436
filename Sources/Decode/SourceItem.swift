/// What a source hands out, in the order of the file: pictures, and the packets of the streams beside them.
public enum SourceItem: Sendable {
    case picture(VideoFrame)
    /// A packet of an audio or subtitle stream, untouched.
    case packet(MediaPacket)
}

/// A compressed packet of an audio or subtitle stream on its way from the source to the writer.
public final class MediaPacket: Sendable {
    public let buffer: PacketBuffer
    /// The index of its stream in the source; `SourceProperties.sideStreams` describes it.
    public let stream: Int

    public init(buffer: consuming PacketBuffer, stream: Int) {
        self.buffer = buffer
        self.stream = stream
    }
}
