import CFFmpeg
import Media

extension InputContext {
    /// Lets only the shown stream, sound and subtitles through.
    ///
    /// - Returns: the streams beside the shown one; `videoStartOffset` is still 0.
    func selectStreams(video: Int) throws(MediaError) -> [AuxiliaryStream] {
        var sides: [AuxiliaryStream] = []
        for index in 0..<streamCount where index != video {
            guard let stream = stream(index) else { continue }
            if let side = try auxiliaryStream(index, stream) {
                sides.append(side)
            } else {
                stream.pointee.discard = AVDISCARD_ALL
            }
        }
        return sides
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

    /// Whether an edit list leaves out packets between others that are shown or heard.
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

    /// When a stream begins, in seconds on the container's clock, as the container says or its first packets do; nil if
    /// neither.
    func startTime(of index: Int) -> Double? {
        guard let stream = stream(index)?.pointee, stream.start_time != saliency_nopts else { return nil }
        return Rational(stream.time_base).seconds(stream.start_time)
    }
}
