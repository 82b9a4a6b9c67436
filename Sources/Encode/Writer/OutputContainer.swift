import CFFmpeg
import Media

/// The containers that a video can be written in, by the output's name.
public enum OutputContainer: String, Sendable, CaseIterable {
    /// With one index in front, or in fragments.
    case mp4
    case mov
    /// Times in milliseconds.
    case mkv
    /// VP9, Opus; times in milliseconds.
    case webm
    /// MPEG transport stream: times in 1/90000 s; no labels.
    case ts
    /// One constant frame rate; no labels.
    case avi

    /// - Throws: `MediaError.cannotWrite`, naming the known endings, for any other name.
    public init(path: String) throws(MediaError) {
        let name = path.split(separator: "/").last ?? ""
        let ending = name.contains(".") ? name.split(separator: ".").last.map { $0.lowercased() } ?? "" : ""
        let alias = ["m4v": "mp4", "m2ts": "ts", "mts": "ts", "qt": "mov"][ending] ?? ending
        guard let container = OutputContainer(rawValue: alias) else {
            let known = Self.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
            throw MediaError(.cannotWrite, "the name of a video has to end in one of \(known)", file: path)
        }
        self = container
    }

    /// FFmpeg's name of the muxer.
    var formatName: String {
        switch self {
        case .mp4: "mp4"
        case .mov: "mov"
        case .mkv: "matroska"
        case .webm: "webm"
        case .ts: "mpegts"
        case .avi: "avi"
        }
    }

    /// The encoders for frames and, where a source's sound cannot be copied, for sound; by FFmpeg's names.
    var videoEncoder: String { self == .webm ? "libvpx-vp9" : "libx264" }
    var audioEncoder: String { self == .webm ? "libopus" : "aac" }

    /// The constant qualities of the video encoder, from lossless to worst.
    public var crfRange: ClosedRange<Int> { self == .webm ? 0...63 : 0...51 }

    /// The codec of the label track, where the container has one.
    var labelCodec: AVCodecID? {
        switch self {
        case .mp4, .mov: AV_CODEC_ID_MOV_TEXT
        case .mkv: AV_CODEC_ID_SUBRIP
        case .webm: AV_CODEC_ID_WEBVTT
        case .ts, .avi: nil
        }
    }

    /// The largest denominator of a time base in seconds that the container takes for frames: transport streams count in
    /// 1/90000 s; in MP4 ten minutes between two frames have to fit in 31 bits.
    var finestTimeBase: Int32 { self == .ts ? 90_000 : 1_000_000 }

    /// Whether the container can say that a stream starts before time 0 (an edit list).
    var takesNegativeTimes: Bool { isMP4 }

    /// Whether FFmpeg's MP4 muxer writes it.
    var isMP4: Bool { self == .mp4 || self == .mov }

    /// Whether it is Matroska or WebM, in which CodecDelay tells players how much of a sound stream's beginning to
    /// discard. All time stamps of the stream are later by that amount.
    private var hasCodecDelay: Bool { self == .mkv || self == .webm }

    /// Sets the encoder's delay that the output declares for a sound stream: its own for Opus, none for other codecs.
    /// FFmpeg's muxer would write it for them too since 6.0, but its decoders discard none of it.
    ///
    /// - Parameter rate: the sample rate in which the description counts the delay, in hertz.
    func describeRunIn(_ parameters: UnsafeMutablePointer<AVCodecParameters>, rate: Int32) {
        guard hasCodecDelay else { return }
        guard parameters.pointee.codec_id == AV_CODEC_ID_OPUS, rate > 0 else {
            parameters.pointee.initial_padding = 0
            return
        }
        // The muxer counts it in 1/48000 s before FFmpeg 6.0, and in samples of the stream since. At 48 kHz both are
        // equal.
        let padding = Int64(max(0, parameters.pointee.initial_padding))
        parameters.pointee.initial_padding = Int32(clamping: padding * Self.opusRate / Int64(rate))
        parameters.pointee.sample_rate = Int32(Self.opusRate)
    }

    /// The seconds of a sound stream's beginning that players of the output discard.
    func codecDelay(_ parameters: UnsafePointer<AVCodecParameters>) -> Double {
        guard hasCodecDelay, parameters.pointee.codec_id == AV_CODEC_ID_OPUS else { return 0 }
        return Double(max(0, parameters.pointee.initial_padding)) / Double(Self.opusRate)
    }

    /// The ticks of `codecDelay` that the muxer itself adds to a stream's time stamps; known once the header is
    /// written.
    func addedDelay(_ stream: UnsafePointer<AVStream>) -> Int64 {
        hasCodecDelay ? saliency_matroska_added_delay(stream) : 0
    }

    /// The sample rate in which Opus counts its delay, whatever rate it was encoded from (RFC 7845, 5.1).
    static let opusRate: Int64 = 48_000

    /// Whether players decode sound of a codec in the container: browsers, phones and televisions play nothing else in MP4.
    func isPlayed(_ codec: AVCodecID) -> Bool {
        !isMP4 || [AV_CODEC_ID_AAC, AV_CODEC_ID_MP3, AV_CODEC_ID_OPUS].contains(codec)
    }

    /// Whether packets of a codec can be copied into the container.
    func takes(_ codec: AVCodecID, _ kind: AuxiliaryStream.Kind) -> Bool {
        if self == .ts {
            // The muxer has no list of its own and writes anything as private data.
            let known = [
                AV_CODEC_ID_AAC, AV_CODEC_ID_MP2, AV_CODEC_ID_MP3, AV_CODEC_ID_AC3, AV_CODEC_ID_EAC3, AV_CODEC_ID_OPUS,
                AV_CODEC_ID_DTS,
            ]
            return kind == .audio && known.contains(codec)
        }
        // Plain text becomes timed text.
        if isMP4, kind == .subtitle, SubtitleText.isText(codec) { return true }
        // FFmpeg's AVI muxer (5.1 to 7.1) does not support Opus. FLAC is read from AVI in pieces that do not end with
        // its frames: FFmpeg 5.1's decoder reports an error for each, 7.1's finds the frames again.
        if self == .avi, kind == .subtitle || codec == AV_CODEC_ID_OPUS || codec == AV_CODEC_ID_FLAC { return false }
        guard let format = av_guess_format(formatName, nil, nil) else { return false }
        return avformat_query_codec(format, codec, FF_COMPLIANCE_NORMAL) == 1
    }

    /// The muxer's options.
    ///
    /// - Parameters:
    ///   - frameUnit: of the frames' time stamps.
    ///   - isFragmented: whether an MP4 or MOV file is written in fragments.
    func muxerOptions(frameUnit: Rational, isFragmented: Bool) -> [(String, String)] {
        switch self {
        case .mp4, .mov:
            // A fragment for each key frame; the index of the whole is written with the first of them, when edit lists
            // (sound that begins before the frames) are known. Without fragments the index is moved to the front at the
            // end, so that a player begins before it has all of the file.
            [
                ("movflags", isFragmented ? "frag_keyframe+delay_moov+default_base_moof" : "faststart"),
                ("video_track_timescale", String(frameUnit.denominator)),
            ]
        case .mkv, .webm, .ts, .avi: []
        }
    }
}
