import CFFmpeg
import DequeModule
import Media

/// Packets that were read before the video stream was chosen, in their order.
struct LookAhead {
    private static let maximumBytes = 32 << 20
    private static let maximumPackets = 4000
    /// The number of frames of one stream after which another stream without a second frame is considered a still
    /// image.
    private static let enoughFrames = 100

    private var packets: Deque<MediaPacket> = []
    /// The result of the read after them, if it was not a packet.
    private var ending: InputContext.ReadResult?

    /// Reads the next packet: one of those read ahead, or a new one.
    mutating func read(_ input: borrowing InputContext, into packet: borrowing PacketBuffer) -> InputContext.ReadResult
    {
        if let ahead = packets.popFirst() {
            av_packet_move_ref(packet.pointer, ahead.buffer.pointer)
            return .packet
        }
        if let ending {
            self.ending = nil
            return ending
        }
        return input.read(into: packet)
    }

    /// Reads until the input has a video stream, because a sender may begin with sound and announce its video later.
    /// Earlier packets are dropped, since no frames belong to them.
    ///
    /// - Parameter policy: decides about failed reads.
    /// - Throws: `MediaError`: `cancelled`, `cannotOpen` after the interrupt's deadline, or the error of a read.
    mutating func findVideo(in input: borrowing InputContext, policy: StreamPolicy) throws(MediaError) {
        let timeout = MediaError(
            .cannotOpen, "sent no video until the timeout, only sound or data; check the address, or raise the timeout",
            file: input.name)
        while input.videoStreams.isEmpty {
            guard !input.interrupt.cancellation.isCancelled else {
                throw MediaError(.cancelled, "opening was cancelled", file: input.name)
            }
            // FFmpeg checks the interrupt only while it waits.
            guard !input.interrupt.hasTimedOut else { throw timeout }
            let buffer = try PacketBuffer()
            switch input.read(into: buffer) {
            case .packet:
                if input.videoStreams.isEmpty { continue }
                let index = Int(buffer.pointer.pointee.stream_index)
                packets.append(MediaPacket(buffer: buffer, stream: index))
            case .interrupted: continue
            case .end:
                ending = .end
                return
            case .failed(let code): _ = try policy.isDamage(code, name: input.name, timeout: timeout)
            }
        }
    }

    /// Reads until it is known which of `streams` move, that is, have two different packets.
    ///
    /// - Parameter beforeEach: called before each read.
    /// - Returns: the indices of moving streams.
    mutating func findMoving(
        among streams: [Int], in input: borrowing InputContext, beforeEach: () -> Void
    ) throws(MediaError) -> Set<Int> {
        var first: [Int: MediaPacket] = [:]
        var counts: [Int: Int] = [:]
        var moving: Set<Int> = []
        var bytes = 0
        while moving.count < streams.count, bytes < Self.maximumBytes, packets.count < Self.maximumPackets,
            moving.isEmpty || !counts.values.contains(where: { $0 >= Self.enoughFrames })
        {
            let buffer = try PacketBuffer()
            beforeEach()
            let result = input.read(into: buffer)
            guard case .packet = result else {
                ending = result
                break
            }
            let index = Int(buffer.pointer.pointee.stream_index)
            bytes += Int(buffer.pointer.pointee.size)
            let packet = MediaPacket(buffer: buffer, stream: index)
            packets.append(packet)
            guard streams.contains(index) else { continue }
            counts[index, default: 0] += 1
            if let earlier = first[index] {
                if !packet.isEqual(to: earlier) { moving.insert(index) }
            } else {
                first[index] = packet
            }
        }
        return moving
    }
}

extension MediaPacket {
    /// Whether both packets have the same bytes.
    fileprivate func isEqual(to other: MediaPacket) -> Bool {
        func bytes(_ packet: MediaPacket) -> UnsafeBufferPointer<UInt8> {
            let fields = packet.buffer.pointer.pointee
            return UnsafeBufferPointer(start: fields.data, count: max(0, Int(fields.size)))
        }
        return bytes(self).elementsEqual(bytes(other))
    }
}
