import CFFmpeg
import Media

/// A short clip of textured shapes on a textured background, generated from a seed and identical on all machines.
public struct SampleClip: Sendable {
    /// In pixels, at least 16.
    public var width = 320
    public var height = 240
    public var framesPerSecond = 25
    /// In seconds.
    public var duration = 4.0
    public var seed: UInt64 = 1

    public init() {}

    var frameCount: Int { max(Int((duration * Double(framesPerSecond)).rounded()), 1) }

    /// Writes the clip.
    ///
    /// - Parameters:
    ///   - path: the output; its file name extension selects the container.
    ///   - isCancelled: called before each frame; if it returns true, the file is removed.
    /// - Throws: `MediaError.outputExists`, `cannotWrite` or `cancelled`.
    public func write(
        to path: String, replaces: Bool = false, isCancelled: () -> Bool = { false }
    ) throws(MediaError) {
        let timeBase = Rational(1, Int32(clamping: max(framesPerSecond, 1) * 512))
        let color = ColorDescription(
            range: AVCOL_RANGE_MPEG, matrix: AVCOL_SPC_BT709, primaries: AVCOL_PRI_BT709, transfer: AVCOL_TRC_BT709)
        let source = SourceProperties(
            name: "", container: "sample", codec: "rawvideo", width: max(width, 16), height: max(height, 16),
            timeBase: timeBase, averageFrameRate: Rational(Int32(clamping: max(framesPerSecond, 1)), 1), color: color)
        let writer = try VideoWriter(
            path: path, source: source, options: WriterOptions(replacesExisting: replaces, isMarked: false))
        let maker = CanvasMaker(format: writer.format)
        let scene = SampleScene(width: source.width, height: source.height, seed: seed)
        for index in 0..<frameCount {
            if isCancelled() { throw MediaError(.cancelled, "interrupted; nothing was written", file: path) }
            let image = scene.image(at: Double(index) / Double(max(framesPerSecond, 1)))
            let frame = VideoFrame(
                buffer: try ImageFile.plain(image), index: index, pts: Int64(512 * index), duration: 512,
                time: timeBase.seconds(Int64(512 * index)))
            try writer.write(maker.canvas(of: frame))
        }
        try writer.finish()
    }
}
