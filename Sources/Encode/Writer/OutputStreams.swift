import CFFmpeg
import Decode

/// An output with its streams, its header not yet written.
struct OutputStreams {
    let muxer: Muxer
    let encoder: VideoEncoder
    let video: UnsafeMutablePointer<AVStream>
    /// By the stream's index in the source.
    let tracks: [Int: any SideTrack]
    let labels: LabelTrack?
    let warnings: [String]

    init(
        plan: OutputPlan, container: OutputContainer, file: StagedFile, source: SourceProperties, format: CanvasFormat,
        clock: PictureClock, options: WriterOptions
    ) throws(MediaError) {
        muxer = try Muxer(container: container, file: file)
        if options.isMarked {
            muxer.setMetadata(container == .ts ? "service_provider" : "comment", VideoWriter.mark(options.origin))
        }
        encoder = try VideoEncoder(
            container: container, format: format, source: source, timeBase: clock.timeBase, settings: options.video,
            needsGlobalHeader: muxer.needsGlobalHeader, file: file.destination)
        video = try muxer.addStream()
        try encoder.describe(video.pointee.codecpar)
        video.pointee.time_base = clock.timeBase.avRational
        video.pointee.sample_aspect_ratio = source.sampleAspectRatio.avRational
        if source.averageFrameRate.isPositive {
            video.pointee.avg_frame_rate = source.averageFrameRate.avRational
        }
        let units = source.sideStreams.flatMap { [$0.timeBase.denominator, $0.parameters.sampleRate] }
        let finestUnit = ([clock.timeBase.denominator] + units).max() ?? 1
        var tracks: [Int: any SideTrack] = [:]
        var warnings: [String] = []
        for (stream, step) in plan.steps {
            switch step {
            case .copy
            where container.isMP4 && stream.kind == .subtitle && TimedTextTrack.takes(stream.parameters.codecID):
                tracks[stream.index] = try TimedTextTrack(stream, of: source, finestUnit: finestUnit, muxer: muxer)
            case .copy:
                tracks[stream.index] = try CopiedTrack(stream, of: source, container: container, muxer: muxer)
            case .transcode:
                let codec = stream.parameters.codecName
                do {
                    tracks[stream.index] = try TranscodedTrack(stream, of: source, container: container, muxer: muxer)
                    let encoder = container.audioEncoder == "aac" ? "AAC" : "Opus"
                    warnings.append(
                        "\(container.rawValue) files hold no \(codec) sound; stream \(stream.index) becomes \(encoder)")
                } catch {
                    warnings.append("\(codec) sound cannot be transcoded; stream \(stream.index) is left out")
                }
            case .drop:
                break
            }
        }
        self.tracks = tracks
        labels =
            options.hasLabels ? try LabelTrack(container: container, finestUnit: finestUnit, muxer: muxer) : nil
        self.warnings = warnings
    }
}

extension CodecParameters {
    var codecID: AVCodecID { pointer.pointee.codec_id }
    /// Of sound, in hertz; 0 for other streams.
    var sampleRate: Int32 { pointer.pointee.sample_rate }
    /// FFmpeg's name of the codec.
    var codecName: String { String(cString: avcodec_get_name(codecID)) }
}
