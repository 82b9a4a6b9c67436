import CFFmpeg

/// The sole owner of an `AVPacket`.
// Unchecked: the sole owner moves between threads, and the bytes are not written once they are shared.
public struct PacketBuffer: ~Copyable, @unchecked Sendable {
    /// Never nil; lent to FFmpeg for the duration of a call, never stored.
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

    /// A copy of the packet's bytes.
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
