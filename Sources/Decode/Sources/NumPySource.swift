import CFFmpeg
import Concurrency
import Files
import Media

/// A `.npy` file of uint8 `[T, H, W, 3]` as a video in RGB: the pixels are exactly those of the array.
public final class NumPySource: FrameSource {
    public let properties: SourceProperties
    public let warnings: [SourceWarning] = []

    private let file: NumPyFile
    private let cancellation: Cancellation
    private var nextRow = 0

    /// - Parameters:
    ///   - held: the file, if it is already open; then nothing is opened by its path.
    ///   - frameRate: in hertz.
    /// - Throws: the errors of `NumPyFile`; `notMedia` for another element type or shape, `refused` if frames are too
    ///   large, `noVideo` if there are none.
    public init(
        _ path: String, held: HeldFile? = nil, frameRate: Double = 25, options: InputOptions = InputOptions(),
        cancellation: Cancellation = Cancellation()
    ) throws(MediaError) {
        let file = if let held { try NumPyFile(held) } else { try NumPyFile(path) }
        let rate = try Rational(frameRate: frameRate)
        let shape = file.shape
        guard file.elementType == .uint8, shape.count == 4, shape[3] == 3 else {
            throw MediaError(
                .notMedia, "is an array of \(file.elementType) \(shape); a video is uint8 [T, H, W, 3]", file: path)
        }
        let (pixels, overflow) = shape[1].multipliedReportingOverflow(by: shape[2])
        guard shape[0] > 0, pixels > 0 else { throw MediaError(.noVideo, "is an empty array", file: path) }
        guard !overflow, pixels <= options.maximumPixels else {
            throw MediaError(
                .refused,
                "has frames of \(shape[2])x\(shape[1]), more than the \(options.maximumPixels) pixels allowed",
                file: path)
        }
        properties = SourceProperties(
            name: path, container: "npy", codec: "rawvideo", width: shape[2], height: shape[1],
            timeBase: Rational(rate.denominator, rate.numerator), averageFrameRate: rate,
            duration: Double(shape[0]) / rate.value, estimatedFrameCount: shape[0],
            color: ColorDescription(range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_RGB))
        self.file = file
        self.cancellation = cancellation
    }

    public func next() throws(MediaError) -> SourceItem? {
        if cancellation.isCancelled { throw MediaError(.cancelled, "reading was cancelled", file: file.path) }
        guard nextRow < file.rowCount else { return nil }
        let row = nextRow
        nextRow += 1
        let bytes = try file.bytes(rows: row..<row + 1)
        let frame = try FrameBuffer.allocate(
            width: properties.width, height: properties.height, format: AV_PIX_FMT_RGB24)
        guard let plane = frame.plane(0) else {
            throw MediaError(.damaged, "no memory for a frame", file: file.path)
        }
        let rowBytes = properties.width * 3
        bytes.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            for y in 0..<properties.height {
                (plane.base + y * plane.stride).update(from: base + y * rowBytes, count: rowBytes)
            }
        }
        return .frame(
            VideoFrame(
                buffer: frame, index: row, pts: Int64(row), duration: 1, time: properties.timeBase.seconds(Int64(row))
            ))
    }
}
