import CFFmpeg
import Media

/// One connection to a receiver, from its header to its end, over one camera connection or several.
///
/// Its time stamps count from its first frame, keep increasing, and skip as much between two camera connections as the wall clock did.
/// Not thread-safe.
final class PublishConnection {
    /// Seconds before the first frame, for the run-in of sound: no format has negative times.
    private static let lead = 1.0
    /// A gap between two camera connections that receivers would rather see as a new connection, in seconds.
    private static let longestGap = 600.0

    let warnings: [String]

    private let format: PublishFormat
    private let muxer: StreamMuxer
    private let video: UnsafeMutablePointer<AVStream>
    private let sides: AuxiliaryTracks
    private let repeater: HeaderRepeater?
    private var input: PublishInput
    /// The wall clock of the first frame.
    private var origin: Double?
    /// From the camera connection's time to the connection's; nil until its first frame.
    private var offset: Double?
    private var newestEnd = 0.0
    private var newestStamp = Int64.min

    /// Connects.
    ///
    /// - Throws: `MediaError.cannotWrite`.
    init(_ address: PublishAddress, input: PublishInput, interrupt: Interrupt) throws(MediaError) {
        self.input = input
        format = PublishFormat(address)
        muxer = try StreamMuxer(address, format: format, interrupt: interrupt)
        video = try muxer.addStream(of: input.stream)
        let source = input.stream.sound()
        let plan = OutputPlan(source.auxiliaryStreams, container: format.container, soundCodecs: format.soundCodecs)
        sides = try AuxiliaryTracks(
            plan: plan, container: format.container, source: source, frameUnit: input.stream.timeBase, muxer: muxer,
            holder: format.holder)
        warnings = sides.warnings
        repeater = format.repeatsHeaders ? try HeaderRepeater(input.stream) : nil
        try muxer.open()
    }

    /// Whether a packet can go on this connection; if not, a new one has to be made for it.
    func takes(_ packet: LivePacket, of other: PublishInput) -> Bool {
        guard case .frame(let frame) = packet, frame.isKeyFrame, let origin else {
            return other === input || other.stream.isContinued(by: input.stream)
        }
        if newestEnd > format.longestConnection { return false }
        guard other !== input else { return true }
        return other.stream.isContinued(by: input.stream)
            && frame.wallClock - origin + Self.lead - newestEnd < Self.longestGap
    }

    /// Sends a packet that the connection takes.
    ///
    /// - Throws: `MediaError.cannotWrite` if the receiver is lost.
    func write(_ packet: LivePacket, of other: PublishInput) throws(MediaError) {
        if other !== input {
            input = other
            offset = nil
        }
        do throws(MediaError) {
            switch packet {
            case .frame(let frame): try write(frame)
            case .side(let packet, let time):
                guard let offset, let track = sides.tracks[packet.stream],
                    let stream = input.stream.source.auxiliaryStreams.first(where: { $0.index == packet.stream })
                else { return }
                try track.write(packet.reference(at: time + offset, timeBase: stream.timeBase), to: muxer)
            }
        } catch {
            if muxer.outputFailure != nil { throw error }
        }
    }

    /// Says goodbye.
    func close() {
        muxer.close()
    }

    private func write(_ frame: EncodedFrame) throws(MediaError) {
        let offset: Double
        if let known = self.offset {
            offset = known
        } else {
            guard frame.isKeyFrame else { return }
            let origin = self.origin ?? frame.wallClock
            self.origin = origin
            offset = max(frame.wallClock - origin + Self.lead, newestEnd) - frame.time
            self.offset = offset
            if newestEnd == 0 { muxer.earliest = Self.lead }
        }
        newestEnd = frame.time + offset + frame.duration
        let packet = try frame.packet.reference()
        if frame.isKeyFrame { try repeater?.apply(to: packet) }
        let unit = Rational(video.pointee.time_base)
        newestStamp = max(ticks((frame.time + offset) / unit.value), newestStamp == .min ? .min : newestStamp + 1)
        packet.pointer.pointee.pts = newestStamp
        packet.pointer.pointee.dts = newestStamp
        packet.pointer.pointee.duration = ticks(frame.duration / unit.value)
        packet.pointer.pointee.stream_index = video.pointee.index
        try muxer.write(packet)
    }
}

/// A camera connection as the publisher's packets refer to it.
final class PublishInput: Sendable {
    let stream: LiveStream

    init(_ stream: LiveStream) {
        self.stream = stream
    }
}

extension LiveStream {
    /// Whether another camera connection's packets can follow this one's under the same header.
    func isContinued(by other: LiveStream) -> Bool {
        let (mine, others) = (sound().auxiliaryStreams, other.sound().auxiliaryStreams)
        guard parameters.isEqual(to: other.parameters), mine.count == others.count else { return false }
        return zip(mine, others).allSatisfy {
            $0.index == $1.index && $0.timeBase == $1.timeBase && $0.parameters.isEqual(to: $1.parameters)
        }
    }
}

extension CodecParameters {
    /// Whether a decoder of the one can decode the other.
    func isEqual(to other: CodecParameters) -> Bool {
        let (a, b) = (pointer.pointee, other.pointer.pointee)
        func bytes(_ parameters: AVCodecParameters) -> UnsafeBufferPointer<UInt8> {
            UnsafeBufferPointer(start: parameters.extradata, count: max(0, Int(parameters.extradata_size)))
        }
        return a.codec_id == b.codec_id && a.width == b.width && a.height == b.height && a.sample_rate == b.sample_rate
            && a.ch_layout.nb_channels == b.ch_layout.nb_channels && bytes(a).elementsEqual(bytes(b))
    }
}

/// Puts the codec's headers, which a file keeps once, before each key frame, so that a receiver can begin at any of them.
///
/// Not thread-safe.
final class HeaderRepeater {
    private let context: UnsafeMutablePointer<AVBSFContext>

    init(_ stream: LiveStream) throws(MediaError) {
        var context: UnsafeMutablePointer<AVBSFContext>?
        var status = av_bsf_alloc(av_bsf_get_by_name("dump_extra"), &context)
        guard status >= 0, let context else {
            throw MediaError(.cannotWrite, "this build of FFmpeg cannot repeat headers", underlyingCode: status)
        }
        self.context = context
        context.pointee.time_base_in = stream.timeBase.avRational
        status = avcodec_parameters_copy(context.pointee.par_in, stream.parameters.pointer)
        // At key frames is what it does by itself.
        if status >= 0 { status = av_bsf_init(context) }
        guard status >= 0 else {
            throw MediaError(.cannotWrite, "headers cannot be repeated", underlyingCode: status)
        }
    }

    deinit {
        var context: UnsafeMutablePointer<AVBSFContext>? = context
        av_bsf_free(&context)
    }

    /// Replaces `packet`, which is one reference of several, by the same with headers where it is a key frame.
    func apply(to packet: borrowing PacketBuffer) throws(MediaError) {
        var status = av_bsf_send_packet(context, packet.pointer)
        if status >= 0 { status = av_bsf_receive_packet(context, packet.pointer) }
        guard status >= 0 else {
            throw MediaError(.cannotWrite, "headers cannot be repeated", underlyingCode: status)
        }
    }
}
