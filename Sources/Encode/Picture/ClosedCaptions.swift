import CFFmpeg

/// Closed captions (CEA-608 and CEA-708) as frames carry them beside their pixels (ATSC A/53, part 4): H.264 takes them along, VP9
/// has no place for them.
enum ClosedCaptions {
    static func arePresent(in frame: UnsafePointer<AVFrame>) -> Bool {
        av_frame_get_side_data(frame, AV_FRAME_DATA_A53_CC) != nil
    }

    /// Gives `target` those of `source`, where it has none itself.
    static func copy(from source: UnsafePointer<AVFrame>, to target: UnsafeMutablePointer<AVFrame>) {
        guard !arePresent(in: target), let captions = av_frame_get_side_data(source, AV_FRAME_DATA_A53_CC),
            let data = captions.pointee.data
        else { return }
        let size = captions.pointee.size
        // Without memory the frame goes on without captions.
        av_frame_new_side_data(target, AV_FRAME_DATA_A53_CC, size)?.pointee.data.update(from: data, count: size)
    }
}
