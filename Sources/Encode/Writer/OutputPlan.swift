import CFFmpeg
import Media

/// What happens to each side stream of a source in an output's container.
struct OutputPlan {
    enum Step: Comparable {
        case drop
        case transcode
        case copy
    }

    /// Why sound is not copied.
    enum Reason {
        /// The container does not hold it.
        case notHeld
        /// Players do not decode it in this container.
        case notPlayed
        /// An edit list cuts it inside: a decoder that is given the packets on both sides of a cut mixes them.
        case isCut
    }

    private(set) var steps: [(stream: AuxiliaryStream, step: Step, reason: Reason)]
    private(set) var warnings: [String] = []

    /// - Parameters:
    ///   - audio: streams of sound that are to be left out are none of this plan's.
    ///   - soundCodecs: the only ones that may be copied, where there are fewer than the container takes.
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

    /// Asks less of the container: what was copied is transcoded (sound) or dropped, what was transcoded is dropped.
    ///
    /// - Returns: false if nothing is left to give up.
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
    /// Whether the codec loses something: such codecs need each packet's neighbours to decode it.
    fileprivate var isLossy: Bool {
        avcodec_descriptor_get(codecID).map { $0.pointee.props & AV_CODEC_PROP_LOSSY != 0 } ?? true
    }
}
