import Decode
import Encode

/// Turns a job's pictures and their heat into canvases; used on the job's writing thread alone.
protocol PicturePainter {
    /// The source, with the size and the pixels' shape of the canvases.
    var source: SourceProperties { get }
    /// Of the canvases.
    var format: CanvasFormat { get }

    /// - Parameters:
    ///   - heats: one a heat of the job; none where no window explains the picture.
    ///   - answer: what is to be drawn into the picture, if it is wanted.
    func canvas(
        of frame: VideoFrame, heats: [HeatPlane], answer: LabelSchedule.Label?
    ) throws(MediaError) -> Canvas
}
