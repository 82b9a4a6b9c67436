import CFFmpeg
import Media

extension Muxer {
    private var format: String { String(cString: context.pointee.oformat.pointee.name) }
    private var isMP4: Bool { OutputContainer.allCases.contains { $0.isMP4 && $0.formatName == format } }

    /// Copies the tags and flags of a source stream to its output stream, and records that the output should have them.
    ///
    /// - Parameter name: the source stream's name in warnings: "audio stream 2".
    final func carry(_ label: StreamLabel, to stream: UnsafeMutablePointer<AVStream>, named name: String) {
        var tags = label.tags
        // In MP4 the title is also the handler's name, because FFmpeg (5.1 to 7.1) cannot read the title that it
        // writes.
        tags["handler_name"] = isMP4 ? tags["title"] ?? tags["handler_name"] : nil
        if format == OutputContainer.mov.formatName {
            tags["language"] = tags["language"].map(LanguageCode.inQuickTime)
        }
        for (key, value) in tags { av_dict_set(&stream.pointee.metadata, key, value, 0) }
        // Flags such as "original" describe the content; flags such as "attached image" describe the storage and are
        // not copied.
        stream.pointee.disposition |= label.disposition & StreamLabel.carriedFlags
        carried.append(CarriedStream(index: Int(stream.pointee.index), name: name, label: label))
    }

    /// Adds properties that describe all frames to the video stream.
    final func carry(
        _ properties: [VideoProperty], to stream: UnsafeMutablePointer<AVStream>
    ) throws(MediaError) {
        for property in properties {
            guard let data = saliency_stream_new_side_data(stream, property.type, property.bytes.count) else {
                throw MediaError(.cannotWrite, "no memory for a stream", file: name)
            }
            data.update(from: property.bytes, count: property.bytes.count)
            // FFmpeg writes projections of 360° videos to MP4 only with unofficial compliance.
            if property.type == AV_PKT_DATA_SPHERICAL || property.type == AV_PKT_DATA_STEREO3D {
                context.pointee.strict_std_compliance = FF_COMPLIANCE_UNOFFICIAL
            }
        }
    }

    /// Sets the container's tags, except the comment, which contains the mark.
    final func setTags(_ tags: [String: String]) {
        for (key, value) in tags where key != "comment" && key != "timecode" { setMetadata(key, value) }
    }

    /// Adds attachments to the output. The images of covers must be written afterwards.
    ///
    /// - Returns: the streams of covers that are stored as images, with their images.
    final func addAttachments(
        _ attachments: [Attachment], container: OutputContainer
    ) throws(MediaError) -> [(stream: Int32, bytes: [UInt8])] {
        var covers: [(stream: Int32, bytes: [UInt8])] = []
        for attachment in attachments where container.takes(attachment) {
            let stream = try addStream()
            let parameters = stream.pointee.codecpar
            parameters?.pointee.codec_id = attachment.codec
            if container == .mkv {
                parameters?.pointee.codec_type = AVMEDIA_TYPE_ATTACHMENT
                try parameters?.setExtradata(attachment.bytes)
                av_dict_set(&stream.pointee.metadata, "filename", attachment.name, 0)
                av_dict_set(&stream.pointee.metadata, "mimetype", attachment.mimeType, 0)
            } else {
                parameters?.pointee.codec_type = AVMEDIA_TYPE_VIDEO
                parameters?.pointee.width = Int32(clamping: attachment.width)
                parameters?.pointee.height = Int32(clamping: attachment.height)
                stream.pointee.time_base = AVRational(num: 1, den: 90_000)
                stream.pointee.disposition = AV_DISPOSITION_ATTACHED_PIC
                covers.append((stream.pointee.index, attachment.bytes))
            }
        }
        return covers
    }

    /// Writes the images of covers, after the header.
    final func writeCovers(_ covers: [(stream: Int32, bytes: [UInt8])]) throws(MediaError) {
        for (stream, bytes) in covers {
            let packet = try PacketBuffer.holding(bytes)
            packet.pointer.pointee.stream_index = stream
            packet.pointer.pointee.flags |= AV_PKT_FLAG_KEY
            packet.pointer.pointee.pts = 0
            packet.pointer.pointee.dts = 0
            try write(packet)
        }
    }

    /// Sets chapters: for a fragmented file before the header, for others before the trailer, when the end is known.
    ///
    /// - Parameter end: the end of the frames, in seconds; later chapters would lengthen an MP4 file.
    final func setChapters(_ chapters: [Chapter], end: Double) throws(MediaError) {
        var kept = chapters.clipped(to: end)
        // FFmpeg's MP4 muxer (5.1 to 7.1) always starts the first chapter at 0. If a single chapter had a later start,
        // its end would move earlier by the same amount.
        if isMP4, !kept.isEmpty { kept[0].start = 0 }
        guard !kept.isEmpty, context.pointee.nb_chapters == 0,
            let list = av_calloc(kept.count, MemoryLayout<UnsafeMutablePointer<AVChapter>?>.stride)
        else { return }
        let pointers = list.bindMemory(to: UnsafeMutablePointer<AVChapter>?.self, capacity: kept.count)
        // From here on the context owns the list, with as many elements as its count states.
        context.pointee.chapters = pointers
        for (index, chapter) in kept.enumerated() {
            guard let memory = av_mallocz(MemoryLayout<AVChapter>.size) else {
                throw MediaError(.cannotWrite, "no memory for a chapter", file: name)
            }
            let pointer = memory.bindMemory(to: AVChapter.self, capacity: 1)
            pointers[index] = pointer
            context.pointee.nb_chapters = UInt32(index + 1)
            pointer.pointee.id = Int64(index + 1)
            pointer.pointee.time_base = AVRational(num: 1, den: 1_000_000)
            pointer.pointee.start = ticks(chapter.start * 1e6)
            pointer.pointee.end = ticks(chapter.end * 1e6)
            av_dict_set(&pointer.pointee.metadata, "title", chapter.title ?? "Chapter \(index + 1)", 0)
        }
    }
}

extension OutputContainer {
    /// Whether FFmpeg's muxer writes such an attachment.
    fileprivate func takes(_ attachment: Attachment) -> Bool {
        switch self {
        case .mkv: true
        case .mp4:
            attachment.isCover
                && [AV_CODEC_ID_MJPEG, AV_CODEC_ID_PNG, AV_CODEC_ID_BMP].contains(attachment.codec)
        case .mov, .webm, .ts, .avi: false
        }
    }
}

extension [Chapter] {
    /// The chapters between 0 and `end`, clipped to that range, in order of time.
    func clipped(to end: Double) -> [Chapter] {
        var kept: [Chapter] = []
        for chapter in sorted(by: { $0.start < $1.start }) where chapter.start < end && chapter.end > 0 {
            var chapter = chapter
            chapter.start = Swift.max(chapter.start, 0)
            chapter.end = Swift.min(chapter.end, end)
            if chapter.end > chapter.start { kept.append(chapter) }
        }
        return kept
    }
}

extension StreamLabel {
    /// The flags that describe the purpose of a stream.
    static let carriedFlags =
        AV_DISPOSITION_DEFAULT | AV_DISPOSITION_DUB | AV_DISPOSITION_ORIGINAL | AV_DISPOSITION_COMMENT
        | AV_DISPOSITION_LYRICS | AV_DISPOSITION_KARAOKE | AV_DISPOSITION_FORCED | AV_DISPOSITION_HEARING_IMPAIRED
        | AV_DISPOSITION_VISUAL_IMPAIRED | AV_DISPOSITION_CLEAN_EFFECTS | AV_DISPOSITION_CAPTIONS
        | AV_DISPOSITION_DESCRIPTIONS | AV_DISPOSITION_METADATA
}

extension AuxiliaryStream {
    /// "audio stream 2"
    var title: String { "\(kind == .audio ? "audio" : "subtitle") stream \(index)" }
}

/// The two forms of ISO 639-2 codes: 20 languages have a bibliographic code ("ger") besides the terminological one
/// ("deu").
enum LanguageCode {
    private static let bibliographic = [
        "bod": "tib", "ces": "cze", "cym": "wel", "deu": "ger", "ell": "gre", "eus": "baq", "fas": "per", "fra": "fre",
        "hye": "arm", "isl": "ice", "kat": "geo", "mkd": "mac", "mri": "mao", "msa": "may", "mya": "bur", "nld": "dut",
        "ron": "rum", "slk": "slo", "sqi": "alb", "zho": "chi",
    ]

    /// The languages for which FFmpeg's QuickTime list contains only the bibliographic code.
    private static let quickTime: Set<String> = [
        "bod", "deu", "ell", "fas", "hye", "isl", "kat", "mkd", "msa", "mya", "nld", "sqi", "zho",
    ]

    /// The code in a QuickTime file.
    static func inQuickTime(_ code: String) -> String {
        quickTime.contains(code) ? bibliographic[code] ?? code : code
    }

    static func isSame(_ first: String, _ second: String) -> Bool {
        (bibliographic[first] ?? first) == (bibliographic[second] ?? second)
    }
}
