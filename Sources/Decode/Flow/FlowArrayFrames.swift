import Media

/// Flow fields of a `.npy` file, `[T, H, W, 2]`.
final class FlowArrayFrames: FlowFrames {
    let container = "npy"
    let width: Int
    let height: Int
    let tally = DamageTally()
    var count: Int { file.rowCount }

    private let file: NumPyFile
    private var nextRow = 0

    init(_ path: String, options: InputOptions) throws(MediaError) {
        file = try NumPyFile(path)
        let shape = file.shape
        guard shape.count == 4, shape[3] == 2 else {
            throw MediaError(.notMedia, "is an array of shape \(shape); optical flow is [T, H, W, 2]", file: path)
        }
        let (pixels, overflow) = shape[1].multipliedReportingOverflow(by: shape[2])
        guard shape[0] > 0, pixels > 0 else { throw MediaError(.noVideo, "is an empty array", file: path) }
        guard !overflow, pixels <= options.maximumPixels else {
            throw MediaError(
                .refused,
                "has fields of \(shape[2])x\(shape[1]), more than the \(options.maximumPixels) pixels allowed",
                file: path)
        }
        (height, width) = (shape[1], shape[2])
    }

    func next(_ timeBase: Rational) throws(MediaError) -> ClipFrame? {
        guard nextRow < count else { return nil }
        let row = nextRow
        nextRow += 1
        let pixels: ClipFrame.Pixels =
            file.elementType == .uint8
            ? .bytes(try file.bytes(rows: row..<row + 1)) : .floats(try file.floats(rows: row..<row + 1))
        return ClipFrame(
            pixels: pixels, width: width, height: height, channels: 2, sourceIndex: row,
            sourceTime: timeBase.seconds(Int64(row)), isCorrupt: false)
    }
}
