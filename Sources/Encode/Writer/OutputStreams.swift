import CFFmpeg
import Media

/// An output with its streams, before its header is written.
struct OutputStreams {
    let muxer: FileMuxer
    let encoder: VideoEncoder
    let video: UnsafeMutablePointer<AVStream>
    let auxiliary: AuxiliaryTracks
    let labels: LabelTrack?
    private let covers: [(stream: Int32, bytes: [UInt8])]

    init(
        plan: OutputPlan, container: OutputContainer, file: StagedFile, source: SourceProperties, format: CanvasFormat,
        clock: FrameClock, options: WriterOptions
    ) throws(MediaError) {
        muxer = try FileMuxer(container: container, file: file)
        muxer.isFragmented = options.video.isFragmented
        let extras = source.extras
        muxer.setTags(extras.tags)
        // The source's comment is placed on the line below the mark.
        var comments = [extras.tags["comment"]].compactMap { $0 }.filter { !$0.hasPrefix(VideoWriter.mark) }
        if options.isMarked { comments.insert(VideoWriter.mark(options.origin), at: 0) }
        if container == .ts {
            if options.isMarked { muxer.setMetadata("service_provider", VideoWriter.mark(options.origin)) }
        } else if !comments.isEmpty {
            muxer.setMetadata("comment", comments.joined(separator: "\n"))
        }
        encoder = try VideoEncoder(
            container: container, format: format, source: source, timeBase: clock.timeBase, settings: options.video,
            needsGlobalHeader: muxer.needsGlobalHeader, file: file.destination)
        video = try muxer.addStream()
        try encoder.describe(video.pointee.codecpar)
        // Even if the codec does not support fields, the container may state the field order of the lines.
        if source.fieldOrder.isInterlaced { video.pointee.codecpar.pointee.field_order = source.fieldOrder }
        video.pointee.time_base = clock.timeBase.avRational
        video.pointee.sample_aspect_ratio = source.sampleAspectRatio.avRational
        if source.averageFrameRate.isPositive {
            video.pointee.avg_frame_rate = source.averageFrameRate.avRational
        }
        var label = extras.video
        if let code = extras.tags["timecode"] { label.tags["timecode"] = code }
        muxer.carry(label, to: video, named: "the video")
        try muxer.carry(source.carriedProperties(in: format), to: video)
        auxiliary = try AuxiliaryTracks(
            plan: plan, container: container, source: source, frameUnit: clock.timeBase, muxer: muxer,
            holder: "\(container.rawValue) files")
        let finestUnit = AuxiliaryTracks.finestUnit(source, frameUnit: clock.timeBase)
        labels =
            options.hasLabels ? try LabelTrack(container: container, finestUnit: finestUnit, muxer: muxer) : nil
        covers = try muxer.addAttachments(extras.attachments, container: container)
        if container.isMP4, options.video.isFragmented { try muxer.setChapters(extras.chapters, end: .infinity) }
    }

    /// Writes the header, and then the covers.
    func begin(_ options: [(String, String)]) throws(MediaError) {
        try muxer.writeHeader(options: options)
        try muxer.writeCovers(covers)
    }
}

extension CodecParameters {
    var codecID: AVCodecID { pointer.pointee.codec_id }
    /// The sample rate of sound in hertz; 0 for other streams.
    var sampleRate: Int32 { pointer.pointee.sample_rate }
    /// FFmpeg's name of the codec.
    var codecName: String { String(cString: avcodec_get_name(codecID)) }
}

extension SourceProperties {
    /// The properties that are still valid for frames of `format`: light levels only with an HDR transfer, the others
    /// only without rotation.
    func carriedProperties(in format: CanvasFormat) -> [VideoProperty] {
        let isHDR = [AVCOL_TRC_SMPTE2084, AVCOL_TRC_ARIB_STD_B67].contains(format.color.transfer)
        return extras.properties.filter { property in
            switch property.type {
            case AV_PKT_DATA_MASTERING_DISPLAY_METADATA, AV_PKT_DATA_CONTENT_LIGHT_LEVEL: isHDR
            default: rotation == 0
            }
        }
    }
}
