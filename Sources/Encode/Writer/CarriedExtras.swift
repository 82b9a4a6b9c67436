import CFFmpeg
import Media

/// A stream of an output with the label of its source stream.
struct CarriedStream: Sendable {
    /// The stream's index in the output.
    var index: Int
    /// The stream's name in warnings.
    var name: String
    var label: StreamLabel
}

/// The metadata found in an output that is read back.
struct ReadExtras: Sendable {
    struct Stream: Sendable {
        var kind: AVMediaType
        var tags: [String: String]
        var disposition: Int32
        var properties: [AVPacketSideDataType]
        var isCover: Bool
    }

    /// The tags of the container and, in transport streams, of its programs.
    var tags: [String: String] = [:]
    var chapterCount = 0
    var streams: [Stream] = []

    init(_ context: UnsafePointer<AVFormatContext>) {
        tags = SourceTags.all(context.pointee.metadata)
        for case let program? in UnsafeBufferPointer(
            start: context.pointee.programs, count: Int(context.pointee.nb_programs))
        {
            let found = SourceTags.all(program.pointee.metadata)
            if let name = found["service_name"] { tags["title"] = name }
        }
        chapterCount = Int(context.pointee.nb_chapters)
        streams = UnsafeBufferPointer(start: context.pointee.streams, count: Int(context.pointee.nb_streams)).map {
            guard let stream = $0?.pointee else {
                return Stream(
                    kind: AVMEDIA_TYPE_UNKNOWN, tags: [:], disposition: 0, properties: [], isCover: false)
            }
            var count: Int32 = 0
            let properties = UnsafeBufferPointer(start: saliency_stream_side_data($0, &count), count: Int(count))
            return Stream(
                kind: stream.codecpar.pointee.codec_type, tags: SourceTags.all(stream.metadata),
                disposition: stream.disposition, properties: properties.map(\.type),
                isCover: stream.disposition & AV_DISPOSITION_ATTACHED_PIC != 0)
        }
    }
}

/// Compares the extras of a source that should be in an output with those found there, and names the missing ones. It
/// makes no assumptions about containers and FFmpeg's muxers.
struct CarriedExtras {
    let source: SourceExtras
    let holder: String
    /// The index of the video stream in the output.
    let video: Int
    let streams: [CarriedStream]
    /// The number of the source's chapters within the output's duration.
    let chapterCount: Int
    let properties: [VideoProperty]

    /// One sentence for each missing extra.
    func losses(_ found: ReadExtras) -> [String] {
        var losses: [String] = []
        let missing = source.tags.filter { !Self.isSame($0.value, found.tags[$0.key], key: $0.key) }.map(\.key)
        if !missing.isEmpty {
            losses.append("\(holder) hold no \(Self.list(missing)); what the source says there is left out")
        }
        for stream in streams where found.streams.indices.contains(stream.index) {
            losses += Self.losses(of: stream, found.streams[stream.index], holder: holder)
        }
        losses += choiceLosses(found)
        if chapterCount > found.chapterCount {
            losses.append("\(holder) hold no chapters; \(chapterCount) are left out")
        }
        losses += attachmentLosses(found)
        let kept = found.streams.indices.contains(video) ? found.streams[video].properties : []
        for property in properties where !kept.contains(property.type) {
            losses.append("\(holder) hold no \(property.name) metadata; it is left out")
        }
        return losses
    }

    private static func losses(of stream: CarriedStream, _ found: ReadExtras.Stream, holder: String) -> [String] {
        let tags = stream.label.tags.filter { key, value in
            !isSame(value, found.tags[key], key: key) && !(key == "title" && found.tags["handler_name"] == value)
        }.map(\.key)
        let flags = flagNames.filter { flag, _ in stream.label.disposition & ~found.disposition & flag != 0 }.map(
            \.name)
        let missing = tags.filter { $0 != "handler_name" } + flags.map { "\($0) flag" }
        return missing.isEmpty ? [] : ["\(holder) hold no \(list(missing)) of \(stream.name); it is left out"]
    }

    /// Reports if players would choose another stream of its kind as default than in the source.
    private func choiceLosses(_ found: ReadExtras) -> [String] {
        var losses: [String] = []
        for kind in [AVMEDIA_TYPE_AUDIO, AVMEDIA_TYPE_SUBTITLE] {
            let all = streams.filter {
                found.streams.indices.contains($0.index) && found.streams[$0.index].kind == kind
            }
            guard let wanted = all.first(where: { $0.label.disposition & AV_DISPOSITION_DEFAULT != 0 }) else {
                continue
            }
            let chosen =
                all.first { found.streams[$0.index].disposition & AV_DISPOSITION_DEFAULT != 0 } ?? all.first
            if let chosen, chosen.index != wanted.index {
                losses.append("\(holder) do not say that \(wanted.name) is the default; players choose \(chosen.name)")
            }
        }
        return losses
    }

    private func attachmentLosses(_ found: ReadExtras) -> [String] {
        let files = Set(found.streams.compactMap { $0.tags["filename"] })
        var coverCount = found.streams.count { $0.isCover }
        return source.attachments.compactMap { attachment in
            if files.contains(attachment.name) { return nil }
            if attachment.isCover, coverCount > 0 {
                coverCount -= 1
                return nil
            }
            return
                "\(holder) do not hold \(attachment.isCover ? "the cover" : "the attached file") \(attachment.name); "
                + "it is left out"
        }
    }

    private static func isSame(_ value: String, _ found: String?, key: String) -> Bool {
        guard let found else { return false }
        switch key {
        // The output's comment begins with our mark.
        case "comment": return found.hasSuffix(value)
        // Containers store whole seconds, and some write a space instead of the T.
        case "creation_time":
            return found.prefix(19).replacing("T", with: " ") == value.prefix(19).replacing("T", with: " ")
        case "language": return LanguageCode.isSame(value, found)
        case "location": return found.prefix(6) == value.prefix(6)
        default: return found == value
        }
    }

    private static func list(_ names: [String]) -> String {
        let sorted = names.sorted()
        let most = 8
        guard sorted.count > most else { return sorted.joined(separator: ", ") }
        return sorted.prefix(most).joined(separator: ", ") + " and \(sorted.count - most) more"
    }

    private static let flagNames: [(flag: Int32, name: String)] = [
        (AV_DISPOSITION_DUB, "dubbed"), (AV_DISPOSITION_ORIGINAL, "original"), (AV_DISPOSITION_COMMENT, "commentary"),
        (AV_DISPOSITION_LYRICS, "lyrics"), (AV_DISPOSITION_KARAOKE, "karaoke"), (AV_DISPOSITION_FORCED, "forced"),
        (AV_DISPOSITION_HEARING_IMPAIRED, "for the hard of hearing"),
        (AV_DISPOSITION_VISUAL_IMPAIRED, "for the visually impaired"),
        (AV_DISPOSITION_CLEAN_EFFECTS, "without voices"), (AV_DISPOSITION_CAPTIONS, "captions"),
        (AV_DISPOSITION_DESCRIPTIONS, "descriptions"), (AV_DISPOSITION_METADATA, "metadata"),
    ]
}
