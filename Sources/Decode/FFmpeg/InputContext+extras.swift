import CFFmpeg
import Media

extension InputContext {
    /// The metadata and attachments of the input besides the streams that are read.
    ///
    /// - Parameters:
    ///   - video: the shown stream's index.
    ///   - auxiliary: the indices of the streams whose packets are read.
    ///   - startTime: the first frame's time, in seconds on the container's clock.
    ///   - first: the first frame, which may contain metadata that the container lacks.
    func extras(video: Int, auxiliary: Set<Int>, startTime: Double, first: borrowing FrameBuffer) -> SourceExtras {
        var extras = SourceExtras()
        extras.tags = SourceTags.kept(SourceTags.all(pointer.pointee.metadata))
        if let stream = stream(video) {
            extras.video = StreamLabel(stream)
            extras.properties = Self.properties(of: stream, first: first, losses: &extras.losses)
        }
        extras.chapters = chapters(startTime: startTime)
        let hasTimeCode = extras.video.tags["timecode"] != nil || extras.tags["timecode"] != nil
        for index in 0..<streamCount where index != video && !auxiliary.contains(index) {
            guard let stream = stream(index), let parameters = stream.pointee.codecpar?.pointee else { continue }
            if let attachment = attachment(stream, index: index) {
                extras.attachments.append(attachment)
            } else if !isPreservedElsewhere(parameters, hasTimeCode: hasTimeCode) {
                extras.losses.append(
                    "\(Self.kind(parameters)) stream \(index) (\(Self.name(parameters))) is left out")
            }
        }
        return extras
    }

    /// Whether chapters or a tag contain the stream's information.
    private func isPreservedElsewhere(_ parameters: AVCodecParameters, hasTimeCode: Bool) -> Bool {
        let tag = parameters.codec_tag
        if tag == Self.tag("tmcd") { return hasTimeCode }
        return parameters.codec_type == AVMEDIA_TYPE_DATA && tag == Self.tag("text") && pointer.pointee.nb_chapters > 0
    }

    private static func tag(_ text: StaticString) -> UInt32 {
        text.withUTF8Buffer { $0.reversed().reduce(0) { $0 << 8 | UInt32($1) } }
    }

    private static func kind(_ parameters: AVCodecParameters) -> String {
        switch parameters.codec_type {
        case AVMEDIA_TYPE_VIDEO: "video"
        case AVMEDIA_TYPE_AUDIO: "audio"
        case AVMEDIA_TYPE_SUBTITLE: "subtitle"
        case AVMEDIA_TYPE_DATA: "data"
        case AVMEDIA_TYPE_ATTACHMENT: "attachment"
        default: "unknown"
        }
    }

    private static func name(_ parameters: AVCodecParameters) -> String {
        guard parameters.codec_id == AV_CODEC_ID_NONE else {
            return String(cString: avcodec_get_name(parameters.codec_id))
        }
        let letters = (0..<4).map { UInt8(truncatingIfNeeded: parameters.codec_tag >> (8 * UInt32($0))) }
        guard letters.allSatisfy({ (0x20..<0x7f).contains($0) }) else { return "unknown" }
        return String(decoding: letters, as: UTF8.self)
    }

    private func chapters(startTime: Double) -> [Chapter] {
        let all = UnsafeBufferPointer(start: pointer.pointee.chapters, count: Int(pointer.pointee.nb_chapters))
        return all.compactMap { chapter in
            guard let chapter = chapter?.pointee else { return nil }
            let timeBase = Rational(chapter.time_base)
            let start = timeBase.seconds(chapter.start) - startTime
            let end = chapter.end == saliency_nopts ? start : timeBase.seconds(chapter.end) - startTime
            guard start.isFinite, end.isFinite else { return nil }
            return Chapter(start: start, end: end, title: SourceTags.all(chapter.metadata)["title"])
        }
    }

    /// A cover or an attached file; nil for every other stream.
    private func attachment(_ stream: UnsafePointer<AVStream>, index: Int) -> Attachment? {
        let parameters = stream.pointee.codecpar.pointee
        let tags = SourceTags.all(stream.pointee.metadata)
        let isCover = stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC != 0
        let isFile = parameters.codec_type == AVMEDIA_TYPE_ATTACHMENT
        guard isFile || isCover && stream.pointee.disposition & AV_DISPOSITION_TIMED_THUMBNAILS == 0 else { return nil }
        let frame = stream.pointee.attached_pic
        let (data, count) =
            isFile ? (parameters.extradata, parameters.extradata_size) : (frame.data, frame.size)
        guard let data, count > 0 else { return nil }
        let known: (ending: String, mimeType: String) =
            switch parameters.codec_id {
            case AV_CODEC_ID_MJPEG: ("jpg", "image/jpeg")
            case AV_CODEC_ID_PNG: ("png", "image/png")
            case AV_CODEC_ID_BMP: ("bmp", "image/bmp")
            case AV_CODEC_ID_GIF: ("gif", "image/gif")
            case AV_CODEC_ID_WEBP: ("webp", "image/webp")
            default: ("bin", "application/octet-stream")
            }
        return Attachment(
            name: tags["filename"] ?? "\(isCover ? "cover" : "attachment-\(index)").\(known.ending)",
            mimeType: tags["mimetype"] ?? known.mimeType, codec: parameters.codec_id, width: Int(parameters.width),
            height: Int(parameters.height), isCover: isCover,
            bytes: Array(UnsafeBufferPointer(start: data, count: Int(count))))
    }

    /// The properties that remain valid when the frames are encoded again, from the container or else from the first
    /// frame.
    private static func properties(
        of stream: UnsafePointer<AVStream>, first: borrowing FrameBuffer, losses: inout [String]
    ) -> [VideoProperty] {
        let kinds: [(AVPacketSideDataType, AVFrameSideDataType?, String)] = [
            (AV_PKT_DATA_MASTERING_DISPLAY_METADATA, AV_FRAME_DATA_MASTERING_DISPLAY_METADATA, "mastering display"),
            (AV_PKT_DATA_CONTENT_LIGHT_LEVEL, AV_FRAME_DATA_CONTENT_LIGHT_LEVEL, "content light level"),
            (AV_PKT_DATA_SPHERICAL, nil, "spherical projection"), (AV_PKT_DATA_STEREO3D, nil, "stereoscopic layout"),
        ]
        var count: Int32 = 0
        let all = UnsafeBufferPointer(start: saliency_stream_side_data(stream, &count), count: Int(count))
        if all.contains(where: { $0.type == AV_PKT_DATA_DOVI_CONF }) {
            losses.append("the Dolby Vision metadata is left out: the frames are re-encoded")
        }
        if av_frame_get_side_data(first.pointer, AV_FRAME_DATA_DYNAMIC_HDR_PLUS) != nil {
            losses.append("the HDR10+ metadata of single frames is left out: the frames are re-encoded")
        }
        return kinds.compactMap { type, frameType, name in
            if let data = all.first(where: { $0.type == type }), let base = data.data {
                return VideoProperty(
                    type: type, name: name, bytes: Array(UnsafeBufferPointer(start: base, count: Int(data.size))))
            }
            guard let frameType, let data = av_frame_get_side_data(first.pointer, frameType)?.pointee,
                let base = data.data
            else { return nil }
            return VideoProperty(
                type: type, name: name, bytes: Array(UnsafeBufferPointer(start: base, count: Int(data.size))))
        }
    }
}

extension InputContext {
    /// The container's `comment`, or a transport stream's `service_provider`; nil if there is neither.
    var comment: String? {
        if let entry = av_dict_get(pointer.pointee.metadata, "comment", nil, 0) {
            return String(cString: entry.pointee.value)
        }
        let programs = UnsafeBufferPointer(start: pointer.pointee.programs, count: Int(pointer.pointee.nb_programs))
        for case let program? in programs {
            if let entry = av_dict_get(program.pointee.metadata, "service_provider", nil, 0) {
                return String(cString: entry.pointee.value)
            }
        }
        return nil
    }
}
