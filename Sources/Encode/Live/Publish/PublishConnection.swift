import CFFmpeg
import Media

/// One connection to a receiver, from header to trailer; it may span several camera connections.
///
/// Its time stamps count from its first frame and always increase; between two camera connections they advance like the
/// wall clock. Not thread-safe.
final class PublishConnection {
    /// The seconds before the first frame, for the encoder delay of sound, because no format supports negative times.
    private static let lead = 1.0
    /// A longer gap between two camera connections, in seconds, requires a new connection.
    private static let longestGap = 600.0

    let warnings: [String]

    private let format: PublishFormat
    private let muxer: StreamMuxer
    private let video: UnsafeMutablePointer<AVStream>
    private let auxiliary: AuxiliaryTracks
    private let repeater: HeaderRepeater?
    private var input: PublishInput
    /// The wall clock of the first frame.
    private var origin: Double?
    /// The offset from the camera connection's time to this connection's; nil until its first frame.
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
        auxiliary = try AuxiliaryTracks(
            plan: plan, container: format.container, source: source, frameUnit: input.stream.timeBase, muxer: muxer,
            holder: format.holder)
        warnings = auxiliary.warnings
        repeater = format.repeatsHeaders ? try HeaderRepeater(input.stream) : nil
        try muxer.open()
    }

    /// Whether a packet can be sent on this connection; if not, it needs a new one.
    func accepts(_ packet: LivePacket, of other: PublishInput) -> Bool {
        guard case .frame(let frame) = packet, frame.isKeyFrame, let origin else {
            return other === input || other.stream.isContinued(by: input.stream)
        }
        if newestEnd > format.longestConnection { return false }
        guard other !== input else { return true }
        return other.stream.isContinued(by: input.stream)
            && frame.wallClock - origin + Self.lead - newestEnd < Self.longestGap
    }

    /// Sends a packet that the connection accepts.
    ///
    /// - Throws: `MediaError.cannotWrite` if the connection to the receiver is lost.
    func write(_ packet: LivePacket, of other: PublishInput) throws(MediaError) {
        if other !== input {
            input = other
            offset = nil
        }
        do throws(MediaError) {
            switch packet {
            case .frame(let frame): try write(frame)
            case .auxiliary(let packet, let time):
                guard let offset, let track = auxiliary.tracks[packet.stream],
                    let stream = input.stream.source.auxiliaryStreams.first(where: { $0.index == packet.stream })
                else { return }
                try track.write(packet.reference(at: time + offset, timeBase: stream.timeBase), to: muxer)
            }
        } catch {
            if muxer.outputFailure != nil { throw error }
        }
    }

    /// Ends the session and closes the connection.
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

/// A camera connection, to which the publisher's packets refer.
final class PublishInput: Sendable {
    let stream: LiveStream

    init(_ stream: LiveStream) {
        self.stream = stream
    }
}

extension LiveStream {
    /// Whether another camera connection's packets can follow this one's without a new header.
    func isContinued(by other: LiveStream) -> Bool {
        let (mine, others) = (sound().auxiliaryStreams, other.sound().auxiliaryStreams)
        guard parameters.isEqual(to: other.parameters), mine.count == others.count else { return false }
        return zip(mine, others).allSatisfy {
            $0.index == $1.index && $0.timeBase == $1.timeBase && $0.parameters.isEqual(to: $1.parameters)
        }
    }
}

extension CodecParameters {
    /// Whether a decoder for these parameters can decode the other stream too.
    func isEqual(to other: CodecParameters) -> Bool {
        let (a, b) = (pointer.pointee, other.pointer.pointee)
        func bytes(_ parameters: AVCodecParameters) -> UnsafeBufferPointer<UInt8> {
            UnsafeBufferPointer(start: parameters.extradata, count: max(0, Int(parameters.extradata_size)))
        }
        return a.codec_id == b.codec_id && a.width == b.width && a.height == b.height && a.sample_rate == b.sample_rate
            && a.ch_layout.nb_channels == b.ch_layout.nb_channels && bytes(a).elementsEqual(bytes(b))
    }
}

/// Inserts the codec's headers, which files store once, before each key frame, so that a receiver can start at any key
/// frame.
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
        // Repeating at key frames is the filter's default.
        if status >= 0 { status = av_bsf_init(context) }
        guard status >= 0 else {
            throw MediaError(.cannotWrite, "headers cannot be repeated", underlyingCode: status)
        }
    }

    deinit {
        var context: UnsafeMutablePointer<AVBSFContext>? = context
        av_bsf_free(&context)
    }

    /// Replaces `packet`, if it is a key frame, by one with headers; other references to it are not changed.
    func apply(to packet: borrowing PacketBuffer) throws(MediaError) {
        var status = av_bsf_send_packet(context, packet.pointer)
        if status >= 0 { status = av_bsf_receive_packet(context, packet.pointer) }
        guard status >= 0 else {
            throw MediaError(.cannotWrite, "headers cannot be repeated", underlyingCode: status)
        }
    }
}
