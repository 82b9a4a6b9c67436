import CFFmpeg
import Media

/// A sound or subtitle stream of the output, which receives the source's packets.
protocol AuxiliaryTrack: AnyObject {
    /// Writes the next packet of the source's stream.
    func write(_ packet: borrowing PacketBuffer, to muxer: Muxer) throws(MediaError)
    /// Writes packets that are still buffered.
    ///
    /// - Parameter end: the end of the frames, in seconds since the output's beginning.
    func finish(at end: Double, to muxer: Muxer) throws(MediaError)
    /// One sentence for each loss.
    var warnings: [String] { get }
}

/// Converts an auxiliary stream's time stamps to the output's clock.
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

/// The auxiliary tracks of an output, according to a plan.
struct AuxiliaryTracks {
    /// Indexed by the stream's index in the source.
    let tracks: [Int: any AuxiliaryTrack]
    let warnings: [String]

    /// - Parameters:
    ///   - frameUnit: the unit of the frames' time stamps.
    ///   - holder: the output's name in warnings: "mp4 files".
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

    /// One sentence for each loss.
    var losses: [String] { tracks.keys.sorted().flatMap { tracks[$0]?.warnings ?? [] } }

    /// Writes the packets that the tracks still buffer.
    ///
    /// - Parameter end: the end of the frames, in seconds since the output's beginning.
    func finish(at end: Double, to muxer: Muxer) throws(MediaError) {
        for index in tracks.keys.sorted() { try tracks[index]?.finish(at: end, to: muxer) }
    }
}

extension OutputPlan.Reason {
    /// - Parameter holder: the output's name: "mp4 files".
    fileprivate func sentence(codec: String, holder: String) -> String {
        switch self {
        case .notHeld: "\(holder) hold no \(codec) sound"
        case .notPlayed: "most players are silent on \(codec) sound in \(holder)"
        case .isCut: "an edit list cuts the \(codec) sound inside, which copied packets cannot follow exactly"
        }
    }
}
