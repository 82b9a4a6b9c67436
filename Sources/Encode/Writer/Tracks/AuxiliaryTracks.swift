import CFFmpeg
import Media

/// A sound or subtitle stream of the output, fed with the source's packets.
protocol AuxiliaryTrack: AnyObject {
    /// Takes the next packet of the source's stream.
    func write(_ packet: borrowing PacketBuffer, to muxer: Muxer) throws(MediaError)
    /// Writes what is still held back.
    ///
    /// - Parameter end: the end of the frames, in seconds since the output's beginning.
    func finish(at end: Double, to muxer: Muxer) throws(MediaError)
    /// What was lost on the way, one sentence each.
    var warnings: [String] { get }
}

/// Where a side stream's packets lie on the output's clock.
struct AuxiliaryClock {
    private let timeBase: Rational
    /// The output's beginning on the packets' clock, in seconds.
    private let origin: Double

    init(_ stream: AuxiliaryStream, source: SourceProperties) {
        timeBase = stream.timeBase
        origin = source.startTime
    }

    /// Seconds from the output's beginning to a time stamp of the source's stream.
    func seconds(_ ticks: Int64) -> Double { timeBase.seconds(ticks) - origin }
}

/// The tracks beside the frames of an output, as planned.
struct AuxiliaryTracks {
    /// By the stream's index in the source.
    let tracks: [Int: any AuxiliaryTrack]
    let warnings: [String]

    /// - Parameters:
    ///   - frameUnit: of the frames' time stamps.
    ///   - holder: what the output is called in warnings: "mp4 files".
    init(
        plan: OutputPlan, container: OutputContainer, source: SourceProperties, frameUnit: Rational, muxer: Muxer,
        holder: String
    ) throws(MediaError) {
        let finestUnit = Self.finestUnit(source, frameUnit: frameUnit)
        var tracks: [Int: any AuxiliaryTrack] = [:]
        var warnings: [String] = []
        for (stream, step, reason) in plan.steps {
            switch step {
            case .copy where container.isMP4 && SubtitleText.isText(stream.parameters.codecID),
                .transcode where stream.kind == .subtitle:
                tracks[stream.index] = try TextTrack(
                    stream, of: source, container: container, finestUnit: finestUnit, muxer: muxer)
            case .copy:
                tracks[stream.index] = try CopiedTrack(stream, of: source, container: container, muxer: muxer)
            case .transcode:
                let codec = stream.parameters.codecName
                do {
                    let track = try TranscodedTrack(stream, of: source, container: container, muxer: muxer)
                    tracks[stream.index] = track
                    warnings.append(
                        reason.sentence(codec: codec, holder: holder) + "; stream \(stream.index) becomes "
                            + track.description)
                } catch {
                    warnings.append("\(codec) sound cannot be transcoded; stream \(stream.index) is left out")
                }
            case .drop:
                break
            }
        }
        self.tracks = tracks
        self.warnings = warnings
    }

    /// The largest denominator of all time bases of a source and its output.
    static func finestUnit(_ source: SourceProperties, frameUnit: Rational) -> Int32 {
        let units = source.auxiliaryStreams.flatMap { [$0.timeBase.denominator, $0.parameters.sampleRate] }
        return ([frameUnit.denominator] + units).max() ?? 1
    }

    /// What was lost on the way, one sentence each.
    var losses: [String] { tracks.keys.sorted().flatMap { tracks[$0]?.warnings ?? [] } }

    /// Writes what the tracks still hold back.
    ///
    /// - Parameter end: the end of the frames, in seconds since the output's beginning.
    func finish(at end: Double, to muxer: Muxer) throws(MediaError) {
        for index in tracks.keys.sorted() { try tracks[index]?.finish(at: end, to: muxer) }
    }
}

extension OutputPlan.Reason {
    /// - Parameter holder: what the output is called: "mp4 files".
    fileprivate func sentence(codec: String, holder: String) -> String {
        switch self {
        case .notHeld: "\(holder) hold no \(codec) sound"
        case .notPlayed: "most players are silent on \(codec) sound in \(holder)"
        case .isCut: "an edit list cuts the \(codec) sound inside, which copied packets cannot follow exactly"
        }
    }
}
