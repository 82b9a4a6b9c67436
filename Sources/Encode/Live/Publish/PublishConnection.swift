import CFFmpeg
import Media

/// One connection to a receiver, from its header to its end, over one epoch or several.
///
/// Its time stamps count from its first picture, keep increasing, and skip as much between two epochs as the wall clock did.
/// Not thread-safe.
final class PublishConnection {
    /// Seconds before the first picture, for the run-in of sound: no format has negative times.
    private static let lead = 1.0
    /// A gap between two epochs that receivers would rather see as a new connection, in seconds.
    private static let longestGap = 600.0

    let warnings: [String]

    private let format: PublishFormat
    private let muxer: StreamMuxer
    private let video: UnsafeMutablePointer<AVStream>
    private let sides: SideTracks
    private let repeater: HeaderRepeater?
    private var epoch: PublishEpoch
    /// The wall clock of the first picture.
    private var origin: Double?
    /// From the epoch's time to the connection's; nil until its first picture.
    private var offset: Double?
    private var newestEnd = 0.0
    private var newestStamp = Int64.min

    /// Connects.
    ///
    /// - Throws: `MediaError.cannotWrite`.
    init(_ address: PublishAddress, epoch: PublishEpoch, interrupt: Interrupt) throws(MediaError) {
        self.epoch = epoch
        format = PublishFormat(address)
        muxer = try StreamMuxer(address, format: format, interrupt: interrupt)
        video = try muxer.addStream(of: epoch.stream)
        let source = epoch.stream.sound()
        let plan = OutputPlan(source.sideStreams, container: format.container, soundCodecs: format.soundCodecs)
        sides = try SideTracks(
            plan: plan, container: format.container, source: source, pictureUnit: epoch.stream.timeBase, muxer: muxer,
            holder: format.holder)
        warnings = sides.warnings
        repeater = format.repeatsHeaders ? try HeaderRepeater(epoch.stream) : nil
        try muxer.open()
    }

    /// Whether a packet can go on this connection; if not, a new one has to be made for it.
    func takes(_ packet: LivePacket, of other: PublishEpoch) -> Bool {
        guard case .picture(let picture) = packet, picture.isKeyFrame, let origin else {
            return other === epoch || other.stream.isContinued(by: epoch.stream)
        }
        if newestEnd > format.longestConnection { return false }
        guard other !== epoch else { return true }
        return other.stream.isContinued(by: epoch.stream)
            && picture.wallClock - origin + Self.lead - newestEnd < Self.longestGap
    }

    /// Sends a packet that the connection takes.
    ///
    /// - Throws: `MediaError.cannotWrite` if the receiver is lost.
    func write(_ packet: LivePacket, of other: PublishEpoch) throws(MediaError) {
        if other !== epoch {
            epoch = other
            offset = nil
        }
        do throws(MediaError) {
            switch packet {
            case .picture(let picture): try write(picture)
            case .side(let packet, let time):
                guard let offset, let track = sides.tracks[packet.stream],
                    let stream = epoch.stream.source.sideStreams.first(where: { $0.index == packet.stream })
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

    private func write(_ picture: EncodedPicture) throws(MediaError) {
        let offset: Double
        if let known = self.offset {
            offset = known
        } else {
            guard picture.isKeyFrame else { return }
            let origin = self.origin ?? picture.wallClock
            self.origin = origin
            offset = max(picture.wallClock - origin + Self.lead, newestEnd) - picture.time
            self.offset = offset
            if newestEnd == 0 { muxer.earliest = Self.lead }
        }
        newestEnd = picture.time + offset + picture.duration
        let packet = try picture.packet.reference()
        if picture.isKeyFrame { try repeater?.apply(to: packet) }
        let unit = Rational(video.pointee.time_base)
        newestStamp = max(ticks((picture.time + offset) / unit.value), newestStamp == .min ? .min : newestStamp + 1)
        packet.pointer.pointee.pts = newestStamp
        packet.pointer.pointee.dts = newestStamp
        packet.pointer.pointee.duration = ticks(picture.duration / unit.value)
        packet.pointer.pointee.stream_index = video.pointee.index
        try muxer.write(packet)
    }
}

/// An epoch as the publisher's packets refer to it.
final class PublishEpoch: Sendable {
    let stream: LiveStream

    init(_ stream: LiveStream) {
        self.stream = stream
    }
}

extension LiveStream {
    /// Whether another epoch's packets can follow this one's under the same header.
    func isContinued(by other: LiveStream) -> Bool {
        let (mine, others) = (sound().sideStreams, other.sound().sideStreams)
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
