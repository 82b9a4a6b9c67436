import CFFmpeg
import Media

extension InputContext {
    /// Discards all streams except the shown one, sound and subtitles.
    ///
    /// - Returns: the auxiliary streams; their `videoStartOffset` is still 0.
    func selectStreams(video: Int) throws(MediaError) -> [AuxiliaryStream] {
        var streams: [AuxiliaryStream] = []
        for index in 0..<streamCount where index != video {
            guard let stream = stream(index) else { continue }
            if let auxiliary = try auxiliaryStream(index, stream) {
                streams.append(auxiliary)
            } else {
                stream.pointee.discard = AVDISCARD_ALL
            }
        }
        return streams
    }

    private func auxiliaryStream(_ index: Int, _ stream: UnsafePointer<AVStream>) throws(MediaError) -> AuxiliaryStream?
    {
        guard let parameters = stream.pointee.codecpar, parameters.pointee.codec_id != AV_CODEC_ID_NONE else {
            return nil
        }
        let kind: AuxiliaryStream.Kind
        switch parameters.pointee.codec_type {
        case AVMEDIA_TYPE_AUDIO: kind = .audio
        case AVMEDIA_TYPE_SUBTITLE: kind = .subtitle
        default: return nil
        }
        let language = av_dict_get(stream.pointee.metadata, "language", nil, 0)
        return AuxiliaryStream(
            index: index, kind: kind, parameters: try CodecParameters(copying: parameters),
            timeBase: Rational(stream.pointee.time_base),
            language: language.map { String(cString: $0.pointee.value) }, label: StreamLabel(stream),
            videoStartOffset: 0, isCutInside: Self.isCutInside(stream))
    }

    /// Whether an edit list excludes packets between presented ones.
    private static func isCutInside(_ stream: UnsafePointer<AVStream>) -> Bool {
        let stream = UnsafeMutablePointer(mutating: stream)
        var hasKept = false
        var hasCut = false
        for index in 0..<avformat_index_get_entries_count(stream) {
            guard let entry = avformat_index_get_entry(stream, index) else { break }
            if entry.pointee.flags & AVINDEX_DISCARD_FRAME != 0 {
                hasCut = hasKept
            } else if hasCut {
                return true
            } else {
                hasKept = true
            }
        }
        return false
    }

    /// The start time of a stream, in seconds on the container's clock, from the container or its first packets; nil if
    /// neither states it.
    func startTime(of index: Int) -> Double? {
        guard let stream = stream(index)?.pointee, stream.start_time != saliency_nopts else { return nil }
        return Rational(stream.time_base).seconds(stream.start_time)
    }
}
