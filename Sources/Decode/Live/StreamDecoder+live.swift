import CFFmpeg
import Media

extension StreamDecoder {
    /// Connects to a live stream, or opens the file of a `loop:` address, within the interrupt's deadline.
    static func connect(
        _ address: StreamAddress, options: LiveOptions, interrupt: Interrupt
    ) throws(MediaError) -> StreamDecoder {
        switch address.kind {
        case .loop: try InputContext.requireRegularFile(address.target, name: address.redacted)
        case .v4l2: try VideoDevices.prepare(address.target, name: address.redacted)
        case .rtsp, .rtmp, .hls, .http, .snapshot, .udp, .srt: break
        }
        return try StreamDecoder(
            input(address, options: options, interrupt: interrupt), options: options.input, policy: .live)
    }

    /// Tries the transports one after another until the server accepts one.
    ///
    /// - Throws: `MediaError` with the cause, as far as it can be determined.
    private static func input(
        _ address: StreamAddress, options: LiveOptions, interrupt: Interrupt
    ) throws(MediaError) -> InputContext {
        var refusal: OpeningCause?
        for transport in address.transports(options) {
            var options = options
            options.transport = transport
            if let input = try input(address, options: options, interrupt: interrupt, refusal: &refusal) {
                return input
            }
        }
        throw refusal?.refusedTransport(options.transport)
            ?? MediaError(.cannotOpen, "cannot be opened", file: address.redacted)
    }

    /// - Returns: nil if the server refuses the transport, with the cause in `refusal`.
    private static func input(
        _ address: StreamAddress, options: LiveOptions, interrupt: Interrupt, refusal: inout OpeningCause?
    ) throws(MediaError) -> InputContext? {
        let relay = try address.relay(options.trust, interrupt: interrupt)
        let attempt = address.kind == .srt ? SRTLog.begin() : nil
        defer { attempt.map(SRTLog.end) }
        FFmpegLog.beginCollecting()
        let request = address.request(options, by: relay)
        do throws(MediaError) {
            let input = try InputContext.open(request, interrupt: interrupt)
            _ = FFmpegLog.endCollecting()
            return input
        } catch {
            let log = ConnectionCause(FFmpegLog.endCollecting())
            if log.isUntrusted { throw address.certificateError(options.trust, interrupt: interrupt) }
            let cause = OpeningCause(
                address: address, log: log, rejectedPassphrase: attempt?.rejectedPassphrase ?? false)
            guard cause.isRefusedTransport, error.code != .cancelled else { throw cause.explain(error) }
            refusal = cause
            return nil
        }
    }

    /// Decodes up to the first intact intra frame: a connection usually begins in the middle of a stream.
    func firstWholeFrame() throws(MediaError) -> DecodedFrame {
        while true {
            switch try next() {
            case .frame(let decoded):
                let f = decoded.frame.pointer.pointee
                // Some cameras send intra frames without marking them as key frames.
                let needsNone = saliency_frame_is_key(decoded.frame.pointer) || f.pict_type == AV_PICTURE_TYPE_I
                if needsNone && !decoded.isCorrupt { return decoded }
            case .packet: continue
            case .skipped: continue
            case .end: throw MediaError(.noVideo, "ended before its first whole frame", file: input.name)
            }
        }
    }
}

extension MediaPacket {
    /// Shifts the packet's time stamps in place, so it must not be shared yet.
    func moved(by seconds: Double, _ input: borrowing InputContext) -> MediaPacket {
        guard seconds != 0, let timeBase = input.stream(stream).map({ Rational($0.pointee.time_base) }),
            timeBase.isPositive
        else { return self }
        let ticks = seconds / timeBase.value
        guard abs(ticks) < 0x1p60 else { return self }
        let packet = buffer.pointer
        for stamp in [\AVPacket.pts, \AVPacket.dts] where packet.pointee[keyPath: stamp] != saliency_nopts {
            let (moved, overflow) = packet.pointee[keyPath: stamp].addingReportingOverflow(Int64(ticks.rounded()))
            packet.pointee[keyPath: stamp] = overflow ? saliency_nopts : moved
        }
        return self
    }
}

extension SourceProperties {
    /// The properties of an open live stream, from the stream and its first frame.
    init(
        live stream: StreamDecoder, first: VideoFrame, timeBase: Rational, color: ColorDescription,
        sampleAspectRatio: Rational, orientation: Orientation
    ) {
        self.init(
            stream, first: first, color: color, sampleAspectRatio: sampleAspectRatio, orientation: orientation)
        self.timeBase = timeBase
        // A live stream has no duration; and FFmpeg's rates are guesses if there are no time stamps.
        duration = nil
        estimatedFrameCount = nil
        if averageFrameRate.value > SampleClock.highestRate || timeBase != stream.video.timeBase {
            averageFrameRate = Rational(0, 1)
        }
    }
}
