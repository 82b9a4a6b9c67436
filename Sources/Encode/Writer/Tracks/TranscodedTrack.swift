import CFFmpeg
import Files
import Media

/// An audio stream that cannot be copied into the container: decoded and encoded again, synchronous with the frames.
final class TranscodedTrack: AuxiliaryTrack {
    /// The gap in seconds between a packet and the previous samples above which silence is inserted or the clock is
    /// shifted.
    private static let tolerance = 0.1
    /// The maximum silence inserted, in seconds; a larger gap shifts the clock.
    private static let longestSilence = 10.0

    private let output: UnsafeMutablePointer<AVStream>
    private let stream: AuxiliaryStream
    private let decoder: AudioDecoder
    private let encoder: AudioEncoder
    private let resampler: AudioResampler
    private let container: OutputContainer
    private let clock: AuxiliaryClock
    /// The time of the next sample to be encoded, in samples since the output's beginning.
    private var next: Int64?
    /// The number of samples before the output's beginning, which are discarded.
    private var early: Int64 = 0
    /// The number of samples by which the container's times are later than the audible sound's.
    private let delay: Int64
    private var damagedCount = 0

    init(
        _ stream: AuxiliaryStream, of source: SourceProperties, container: OutputContainer, muxer: Muxer
    ) throws(MediaError) {
        self.stream = stream
        self.container = container
        clock = AuxiliaryClock(stream, source: source)
        decoder = try AudioDecoder(stream)
        encoder = try AudioEncoder(
            name: container.audioEncoder, sampleRate: decoder.sampleRate, channels: decoder.channels,
            needsGlobalHeader: muxer.needsGlobalHeader)
        resampler = try AudioResampler(for: encoder)
        output = try muxer.addStream()
        try encoder.describe(output.pointee.codecpar)
        container.describeRunIn(output.pointee.codecpar, rate: encoder.sampleRate)
        output.pointee.time_base = encoder.timeBase
        delay = container.codecDelay(output.pointee.codecpar) > 0 ? encoder.initialPadding : 0
        muxer.carry(stream.label, to: output, named: stream.title)
    }

    func write(_ packet: borrowing PacketBuffer, to muxer: Muxer) throws(MediaError) {
        if !decoder.send(packet.pointer) { damagedCount += 1 }
        try takeDecoded(muxer)
    }

    func finish(at end: Double, to muxer: Muxer) throws(MediaError) {
        _ = decoder.send(nil)
        try takeDecoded(muxer)
        _ = try resampler.add(nil)
        try encode(muxer, isLast: true)
        if next != nil {
            try encoder.send(nil)
            try mux(muxer)
        }
    }

    /// The format of the encoded sound: "AAC, 5.1".
    var description: String {
        let codec = container.audioEncoder == "aac" ? "AAC" : "Opus"
        let (before, after) = (decoder.channels, encoder.channels)
        if before.encodable == after { return "\(codec), \(after.name)" }
        return "\(codec), its \(before.name) channels mixed down to \(after.name)"
    }

    var warnings: [String] {
        damagedCount == 0
            ? [] : ["\(damagedCount.counted("packet")) of audio stream \(stream.index) could not be decoded"]
    }

    private func takeDecoded(_ muxer: Muxer) throws(MediaError) {
        while let sound = try decoder.receive() {
            let stamp = sound.pointer.pointee.best_effort_timestamp
            if stamp != saliency_nopts { try align(to: clock.seconds(stamp)) }
            if next == nil { begin(at: stream.videoStartOffset) }
            if try !resampler.add(sound.pointer) { damagedCount += 1 }
            early -= resampler.discard(early)
            try encode(muxer, isLast: false)
        }
    }

    /// - Parameter time: the time of the first sample, in seconds since the output's beginning; there is no sound
    ///   before it.
    private func begin(at time: Double) {
        let start = ticks(time * Double(encoder.sampleRate))
        early = max(0, -start)
        next = max(start, 0)
    }

    /// Aligns the next decoded sample with its time: inserts silence into a short gap, and shifts the clock over a long
    /// one.
    private func align(to time: Double) throws(MediaError) {
        let rate = Double(encoder.sampleRate)
        let wanted = ticks(time * rate)
        guard let next else { return begin(at: time) }
        let gap = Double(wanted - next - Int64(resampler.count) + early) / rate
        if gap > Self.longestSilence {
            self.next = wanted - Int64(resampler.count)
        } else if gap > Self.tolerance {
            try resampler.addSilence(Int32(gap * rate))
        }
    }

    private func encode(_ muxer: Muxer, isLast: Bool) throws(MediaError) {
        while resampler.count >= encoder.frameSize || isLast && resampler.count > 0 {
            let sound = try resampler.read(min(resampler.count, encoder.frameSize))
            let start = next ?? 0
            sound.pointer.pointee.pts = start
            next = start + Int64(sound.pointer.pointee.nb_samples)
            try encoder.send(sound.pointer)
            try mux(muxer)
        }
    }

    private func mux(_ muxer: Muxer) throws(MediaError) {
        while let packet = try encoder.receive() {
            let pointer = packet.pointer
            // The encoder's initial padding before the output's beginning is dropped if the container cannot store it.
            let end = pointer.pointee.pts + pointer.pointee.duration
            if !container.takesNegativeTimes, delay == 0, end <= 0 { continue }
            pointer.pointee.pts += delay
            pointer.pointee.dts += delay
            pointer.pointee.stream_index = output.pointee.index
            av_packet_rescale_ts(pointer, encoder.timeBase, output.pointee.time_base)
            let added = container.addedDelay(output)
            pointer.pointee.pts -= added
            pointer.pointee.dts -= added
            try muxer.write(packet)
        }
    }
}

/// The sole owner of the `AVCodecContext` that decodes a source's sound.
final class AudioDecoder {
    private let context: UnsafeMutablePointer<AVCodecContext>

    init(_ stream: AuxiliaryStream) throws(MediaError) {
        guard let codec = avcodec_find_decoder(stream.parameters.pointer.pointee.codec_id),
            let context = avcodec_alloc_context3(codec)
        else {
            throw MediaError(.damaged, "its sound cannot be decoded", stream: stream.index)
        }
        self.context = context
        var status = avcodec_parameters_to_context(context, stream.parameters.pointer)
        context.pointee.pkt_timebase = stream.timeBase.avRational
        context.pointee.thread_count = 1
        if status >= 0 { status = avcodec_open2(context, codec, nil) }
        guard status >= 0, context.pointee.sample_rate > 0, context.pointee.ch_layout.nb_channels > 0 else {
            throw MediaError(
                .damaged, "its sound cannot be decoded", underlyingCode: status < 0 ? status : nil,
                stream: stream.index)
        }
    }

    deinit {
        var context: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&context)
    }

    var sampleRate: Int { Int(context.pointee.sample_rate) }
    var channels: ChannelMask { ChannelMask(context.pointee.ch_layout) }

    /// Sends a packet, or nil to signal the end.
    ///
    /// - Returns: whether the decoder accepted it.
    func send(_ packet: UnsafePointer<AVPacket>?) -> Bool {
        avcodec_send_packet(context, packet) >= 0
    }

    /// The next samples; nil if the decoder needs more packets, has no more samples or cannot decode this packet.
    func receive() throws(MediaError) -> FrameBuffer? {
        let frame = try FrameBuffer()
        guard avcodec_receive_frame(context, frame.pointer) >= 0 else { return nil }
        return frame
    }
}
