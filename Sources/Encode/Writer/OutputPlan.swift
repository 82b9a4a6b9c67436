import CFFmpeg
import Decode

/// What happens to each side stream of a source in an output's container.
struct OutputPlan {
    enum Step: Comparable {
        case drop
        case transcode
        case copy
    }

    private(set) var steps: [(stream: SideStream, step: Step)]
    private(set) var warnings: [String] = []

    /// - Parameter soundCodecs: the only ones that may be copied, where there are fewer than the container takes.
    init(_ streams: [SideStream], container: OutputContainer, soundCodecs: [AVCodecID]? = nil) {
        steps = streams.map { stream in
            let codec = stream.parameters.codecID
            let isTaken =
                soundCodecs?.contains(codec) ?? container.takes(codec, stream.kind)
                && (container == .ts || !ADTSRemover.isNeeded(for: stream.parameters)
                    || AudioSpecificConfig(stream.parameters) != nil)
            return (stream, isTaken ? .copy : stream.kind == .audio ? .transcode : .drop)
        }
        for (stream, step) in steps where step == .drop {
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
