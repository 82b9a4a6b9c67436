import CFFmpeg
import Media

/// Decides for each auxiliary stream of a source whether it is copied, transcoded or dropped in an output's container.
struct OutputPlan {
    enum Step: Comparable {
        case drop
        case transcode
        case copy
    }

    /// Why sound is not copied.
    enum Reason {
        /// The container does not support it.
        case notHeld
        /// Players do not decode it in this container.
        case notPlayed
        /// An edit list excludes packets in the middle: a decoder would mix the packets on both sides of the cut.
        case isCut
    }

    private(set) var steps: [(stream: AuxiliaryStream, step: Step, reason: Reason)]
    private(set) var warnings: [String] = []

    /// - Parameters:
    ///   - audio: if audio is omitted, the plan contains no audio streams.
    ///   - soundCodecs: the only codecs that may be copied, if these are fewer than the container supports.
    init(
        _ streams: [AuxiliaryStream], container: OutputContainer, audio: AudioPolicy = .compatible,
        soundCodecs: [AVCodecID]? = nil
    ) {
        steps = streams.filter { $0.kind != .audio || audio != .omitted }.map { stream in
            let codec = stream.parameters.codecID
            let isTaken =
                soundCodecs?.contains(codec) ?? container.takes(codec, stream.kind)
                && (container == .ts || !ADTSRemover.isNeeded(for: stream.parameters)
                    || AudioSpecificConfig(stream.parameters) != nil)
            guard stream.kind == .audio else {
                let becomesText = container.labelCodec != nil && SubtitleText.isText(codec)
                return (stream, isTaken ? .copy : becomesText ? .transcode : .drop, .notHeld)
            }
            if !isTaken { return (stream, .transcode, .notHeld) }
            if audio == .copy { return (stream, .copy, .notHeld) }
            if soundCodecs == nil, !container.isPlayed(codec) { return (stream, .transcode, .notPlayed) }
            if stream.isCutInside, stream.parameters.isLossy { return (stream, .transcode, .isCut) }
            return (stream, .copy, .notHeld)
        }
        for (stream, step, _) in steps where step == .drop {
            warnings.append(
                "\(container.rawValue) files hold no \(stream.parameters.codecName) subtitles; stream \(stream.index) is left out"
            )
        }
    }

    /// Reduces the demands on the container: streams that would be copied are transcoded (sound) or dropped, and
    /// streams that would be transcoded are dropped.
    ///
    /// - Returns: false if no stream is left to drop.
    mutating func reduce() -> Bool {
        guard let most = steps.map(\.step).max(), most > .drop else { return false }
        for index in steps.indices where steps[index].step == most {
            let stream = steps[index].stream
            steps[index].step = most == .copy && stream.kind == .audio ? .transcode : .drop
            if steps[index].step == .drop {
                warnings.append("the container does not take stream \(stream.index); it is left out")
            }
        }
        return true
    }
}

extension CodecParameters {
    /// Whether the codec is lossy: decoding a packet of such codecs requires its neighbours.
    fileprivate var isLossy: Bool {
        avcodec_descriptor_get(codecID).map { $0.pointee.props & AV_CODEC_PROP_LOSSY != 0 } ?? true
    }
}
