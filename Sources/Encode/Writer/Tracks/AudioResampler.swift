import CFFmpeg
import Media

/// The sole owner of an `SwrContext` and an `AVAudioFifo`: converts decoded sound of any format to frames in the
/// encoder's format and size.
final class AudioResampler {
    /// The source format for which a context is built.
    private struct Kind: Equatable {
        var rate: Int32
        var format: Int32
        var channels: Int32
    }

    private let encoder: AudioEncoder
    private let fifo: OpaquePointer
    private var context: OpaquePointer?
    private var kind: Kind?

    init(for encoder: AudioEncoder) throws(MediaError) {
        self.encoder = encoder
        guard let fifo = av_audio_fifo_alloc(encoder.sampleFormat, encoder.channelCount, encoder.frameSize) else {
            throw MediaError(.cannotWrite, "no memory for sound")
        }
        self.fifo = fifo
    }

    deinit {
        swr_free(&context)
        av_audio_fifo_free(fifo)
    }

    /// The number of converted samples available.
    var count: Int32 { av_audio_fifo_size(fifo) }

    /// Adds decoded sound; nil at the end, to flush the filter.
    ///
    /// - Returns: whether it could be converted.
    func add(_ sound: UnsafePointer<AVFrame>?) throws(MediaError) -> Bool {
        if let sound {
            let kind = Kind(
                rate: sound.pointee.sample_rate, format: sound.pointee.format,
                channels: sound.pointee.ch_layout.nb_channels)
            if kind != self.kind {
                try drain(nil)
                guard build(kind, sound) else { return false }
            }
        }
        return try drain(sound)
    }

    /// Adds silence.
    func addSilence(_ count: Int32) throws(MediaError) {
        guard count > 0 else { return }
        let silence = try encoder.frame(count: count)
        let frame = silence.pointer
        av_samples_set_silence(
            frame.pointee.extended_data, 0, count, encoder.channelCount, encoder.sampleFormat)
        try store(frame)
    }

    /// Removes and returns `count` samples, which must be available.
    func read(_ count: Int32) throws(MediaError) -> FrameBuffer {
        let frame = try encoder.frame(count: count)
        let taken = withPlanes(of: frame.pointer) { av_audio_fifo_read(fifo, $0, count) }
        guard taken == count else { throw MediaError(.cannotWrite, "no memory for sound") }
        return frame
    }

    /// Discards the first samples.
    ///
    /// - Returns: the number of discarded samples, at most `count`.
    func discard(_ count: Int64) -> Int64 {
        let discarded = min(count, Int64(self.count))
        av_audio_fifo_drain(fifo, Int32(discarded))
        return discarded
    }

    private func build(_ kind: Kind, _ sound: UnsafePointer<AVFrame>) -> Bool {
        swr_free(&context)
        self.kind = nil
        var input = AVChannelLayout()
        var output = encoder.channels.layout
        // Layouts without an order are interpreted as FFmpeg's default layout.
        if sound.pointee.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC {
            av_channel_layout_default(&input, kind.channels)
        } else {
            var layout = sound.pointee.ch_layout
            av_channel_layout_copy(&input, &layout)
        }
        defer { av_channel_layout_uninit(&input) }
        let status = swr_alloc_set_opts2(
            &context, &output, encoder.sampleFormat, encoder.sampleRate, &input,
            AVSampleFormat(rawValue: kind.format), kind.rate, 0, nil)
        guard status >= 0, swr_init(context) >= 0 else { return false }
        self.kind = kind
        return true
    }

    @discardableResult
    private func drain(_ sound: UnsafePointer<AVFrame>?) throws(MediaError) -> Bool {
        guard let context else { return sound == nil }
        let count = swr_get_out_samples(context, sound?.pointee.nb_samples ?? 0)
        guard count > 0 else { return count == 0 }
        let converted = try encoder.frame(count: count)
        let written = withPlanes(of: converted.pointer) { planes in
            planes.withMemoryRebound(to: UnsafeMutablePointer<UInt8>?.self, capacity: 8) { output in
                guard let sound else { return swr_convert(context, output, count, nil, 0) }
                return UnsafeMutableRawPointer(sound.pointee.extended_data).withMemoryRebound(
                    to: UnsafePointer<UInt8>?.self, capacity: 8
                ) { input in
                    swr_convert(context, output, count, input, sound.pointee.nb_samples)
                }
            }
        }
        guard written >= 0 else { return false }
        converted.pointer.pointee.nb_samples = written
        try store(converted.pointer)
        return true
    }

    private func store(_ frame: UnsafeMutablePointer<AVFrame>) throws(MediaError) {
        let count = frame.pointee.nb_samples
        guard count > 0 else { return }
        let stored = withPlanes(of: frame) { av_audio_fifo_write(fifo, $0, count) }
        guard stored >= count else { throw MediaError(.cannotWrite, "no memory for sound") }
    }

    /// Gives access to a frame's planes as untyped pointers for the FIFO.
    private func withPlanes<Result>(
        of frame: UnsafeMutablePointer<AVFrame>,
        _ body: (UnsafeMutablePointer<UnsafeMutableRawPointer?>) -> Result
    ) -> Result {
        UnsafeMutableRawPointer(frame.pointee.extended_data).withMemoryRebound(
            to: UnsafeMutableRawPointer?.self, capacity: 8, body)
    }
}
