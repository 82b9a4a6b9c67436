import CFFmpeg
import Media

/// The container's information about the stream to show.
struct VideoStream {
    let index: Int
    let parameters: CodecParameters
    let timeBase: Rational
    /// The nominal rate in hertz; 0/1 if unknown.
    let frameRate: Rational
    /// The mean rate of the file in hertz; the nominal rate if the mean is unknown.
    let averageFrameRate: Rational
    let orientation: Orientation
    /// In seconds; nil if the container does not state it.
    let duration: Double?
    /// 0 if the container does not state it.
    let frameCount: Int
    /// Whether packets contain alpha as a separate frame (VP8 and VP9 in Matroska).
    let hasAlphaLayer: Bool

    var codecName: String { String(cString: avcodec_get_name(parameters.pointer.pointee.codec_id)) }

    /// The decoder that also decodes alpha, which FFmpeg's own VP8 and VP9 decoders (5.1 to 7.1) ignore. Nil if the
    /// stream has no alpha, or if there is no such decoder.
    var alphaDecoder: String? {
        let name = [AV_CODEC_ID_VP8: "libvpx", AV_CODEC_ID_VP9: "libvpx-vp9"][parameters.pointer.pointee.codec_id]
        guard hasAlphaLayer, let name, avcodec_find_decoder_by_name(name) != nil else { return nil }
        return name
    }

    /// Frames above HD need a second thread for real-time decoding; more threads would take CPU time from the engine.
    func decoderThreads(_ options: InputOptions) -> Int {
        let pixels = Int(parameters.pointer.pointee.width) * Int(parameters.pointer.pointee.height)
        return options.decoderThreads ?? (pixels > 1920 * 1088 ? 2 : 1)
    }
}

extension InputContext {
    /// Indices of the streams that may be shown; cover images and thumbnails are excluded.
    var videoStreams: [Int] {
        var indices: [Int] = []
        for index in 0..<streamCount where isVideo(index) {
            let disposition = stream(index)?.pointee.disposition ?? 0
            let still = AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS
            if disposition & still == 0 { indices.append(index) }
        }
        return indices
    }

    private func isVideo(_ index: Int) -> Bool {
        stream(index)?.pointee.codecpar?.pointee.codec_type == AVMEDIA_TYPE_VIDEO
    }

    /// The stream to show: the requested one; otherwise moving streams are preferred to still images, then the
    /// container's default stream, then the stream with the most pixels.
    ///
    /// - Parameter moving: indices of streams that are known to show more than one frame.
    /// - Throws: `noVideo` if there is none, `refused` if its frames are too large.
    func bestVideoStream(_ options: InputOptions, moving: Set<Int> = []) throws(MediaError) -> VideoStream {
        var best: (index: Int, rank: (Int, Int, Int))?
        for index in videoStreams {
            guard let stream = stream(index)?.pointee, let parameters = stream.codecpar?.pointee else { continue }
            let isDefault = stream.disposition & AV_DISPOSITION_DEFAULT != 0
            let rank = (
                moving.contains(index) ? 1 : 0, isDefault ? 1 : 0, Int(parameters.width) * Int(parameters.height)
            )
            if let current = best, rank <= current.rank { continue }
            best = (index, rank)
        }
        if let wanted = options.videoStream, !isVideo(wanted) {
            throw MediaError(.noVideo, "stream \(wanted) is not a video; \(videoStreamList)", file: name)
        }
        guard let index = options.videoStream ?? best?.index, let stream = stream(index),
            let parameters = stream.pointee.codecpar
        else {
            throw MediaError(.noVideo, "holds no video stream", file: name)
        }
        try requireBounded(parameters.pointee, stream: index, options)
        let s = stream.pointee
        let timeBase = Rational(s.time_base)
        guard timeBase.isPositive, timeBase.value <= options.maximumGap else {
            throw MediaError(
                .refused, "counts time in steps of \(timeBase) s, which no video does", file: name, stream: index)
        }
        // A rate below one frame per largest allowed gap is implausible.
        let credible = { (rate: Rational) in rate.isPositive && rate.value * options.maximumGap >= 1 }
        let nominal = Rational(av_guess_frame_rate(pointer, stream, nil))
        let average = Rational(s.avg_frame_rate)
        return VideoStream(
            index: index, parameters: try CodecParameters(copying: parameters), timeBase: timeBase,
            frameRate: credible(nominal) ? nominal : Rational(0, 1),
            averageFrameRate: credible(average) ? average : credible(nominal) ? nominal : Rational(0, 1),
            orientation: Orientation(of: stream),
            duration: s.duration == saliency_nopts || s.duration <= 0 ? nil : timeBase.seconds(s.duration),
            frameCount: Int(clamping: max(0, s.nb_frames)),
            hasAlphaLayer: av_dict_get(s.metadata, "alpha_mode", nil, 0).map { $0.pointee.value[0] == 49 } ?? false)
    }

    /// Width to height of one stored pixel; 1/1 if neither container nor frame states a plausible value.
    func sampleAspectRatio(of video: VideoStream, frame: borrowing FrameBuffer) -> Rational {
        let ratio = Rational(av_guess_sample_aspect_ratio(pointer, stream(video.index), frame.pointer))
        let isCredible = ratio.isPositive && ratio.value >= 1.0 / 16 && ratio.value <= 16
        return isCredible ? ratio : Rational(1, 1)
    }

    /// The total duration in seconds that the container states or FFmpeg estimates; nil if unknown.
    var duration: Double? {
        let duration = pointer.pointee.duration
        return duration == saliency_nopts || duration <= 0 ? nil : Double(duration) / 1e6
    }

    /// "the video streams are 0 (png, 640x640), 1 (h264, 160x120)"
    private var videoStreamList: String {
        var all: [String] = []
        for index in 0..<streamCount where isVideo(index) {
            guard let parameters = stream(index)?.pointee.codecpar?.pointee else { continue }
            let codec = String(cString: avcodec_get_name(parameters.codec_id))
            all.append("\(index) (\(codec), \(parameters.width)x\(parameters.height))")
        }
        return all.isEmpty
            ? "the file has none" : "the video stream\(all.count == 1 ? " is" : "s are") " + all.joined(separator: ", ")
    }
}
