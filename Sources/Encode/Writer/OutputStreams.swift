import CFFmpeg
import Decode

/// An output with its streams, its header not yet written.
struct OutputStreams {
    let muxer: FileMuxer
    let encoder: VideoEncoder
    let video: UnsafeMutablePointer<AVStream>
    let sides: SideTracks
    let labels: LabelTrack?

    init(
        plan: OutputPlan, container: OutputContainer, file: StagedFile, source: SourceProperties, format: CanvasFormat,
        clock: PictureClock, options: WriterOptions
    ) throws(MediaError) {
        muxer = try FileMuxer(container: container, file: file)
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
        source.mastering.attach(to: video)
        if source.averageFrameRate.isPositive {
            video.pointee.avg_frame_rate = source.averageFrameRate.avRational
        }
        sides = try SideTracks(
            plan: plan, container: container, source: source, pictureUnit: clock.timeBase, muxer: muxer,
            holder: "\(container.rawValue) files")
        let finestUnit = SideTracks.finestUnit(source, pictureUnit: clock.timeBase)
        labels =
            options.hasLabels ? try LabelTrack(container: container, finestUnit: finestUnit, muxer: muxer) : nil
    }
}

extension CodecParameters {
    var codecID: AVCodecID { pointer.pointee.codec_id }
    /// Of sound, in hertz; 0 for other streams.
    var sampleRate: Int32 { pointer.pointee.sample_rate }
    /// FFmpeg's name of the codec.
    var codecName: String { String(cString: avcodec_get_name(codecID)) }
}
