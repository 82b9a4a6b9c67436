import CFFmpeg

extension InputContext {
    /// Lets only the shown stream, sound and subtitles through.
    ///
    /// - Returns: the streams beside the shown one; `videoStartOffset` still counts from the container's zero.
    func selectStreams(video: Int) throws(MediaError) -> [SideStream] {
        var sides: [SideStream] = []
        for index in 0..<streamCount where index != video {
            guard let stream = stream(index) else { continue }
            if let side = try sideStream(index, stream) {
                sides.append(side)
            } else {
                stream.pointee.discard = AVDISCARD_ALL
            }
        }
        return sides
    }

    private func sideStream(_ index: Int, _ stream: UnsafePointer<AVStream>) throws(MediaError) -> SideStream? {
        guard let parameters = stream.pointee.codecpar, parameters.pointee.codec_id != AV_CODEC_ID_NONE else {
            return nil
        }
        let kind: SideStream.Kind
        switch parameters.pointee.codec_type {
        case AVMEDIA_TYPE_AUDIO: kind = .audio
        case AVMEDIA_TYPE_SUBTITLE: kind = .subtitle
        default: return nil
        }
        let timeBase = Rational(stream.pointee.time_base)
        let start = stream.pointee.start_time
        let language = av_dict_get(stream.pointee.metadata, "language", nil, 0)
        return SideStream(
            index: index, kind: kind, parameters: try CodecParameters(copying: parameters), timeBase: timeBase,
            language: language.map { String(cString: $0.pointee.value) }, label: StreamLabel(stream),
            videoStartOffset: start == saliency_nopts ? 0 : timeBase.seconds(start))
    }
}
