import CFFmpeg

/// The one owner of an `AVPacket`.
// Unchecked: the one owner moves from thread to thread, and the bytes are not written once it is shared.
public struct PacketBuffer: ~Copyable, @unchecked Sendable {
    /// Never nil; borrowed to FFmpeg for the length of a call, never stored.
    public let pointer: UnsafeMutablePointer<AVPacket>

    public init() throws(MediaError) {
        guard let packet = av_packet_alloc() else {
            throw MediaError(.damaged, "no memory for a packet")
        }
        pointer = packet
    }

    deinit {
        var packet: UnsafeMutablePointer<AVPacket>? = pointer
        av_packet_free(&packet)
    }

    /// A copy of its bytes.
    public var bytes: [UInt8] {
        Array(UnsafeBufferPointer(start: pointer.pointee.data, count: Int(pointer.pointee.size)))
    }

    /// Another reference to the same bytes, counted by FFmpeg.
    public func reference() throws(MediaError) -> PacketBuffer {
        let copy = try PacketBuffer()
        let status = av_packet_ref(copy.pointer, pointer)
        guard status >= 0 else {
            throw MediaError(.damaged, "no memory for a packet", underlyingCode: status)
        }
        return copy
    }
}
