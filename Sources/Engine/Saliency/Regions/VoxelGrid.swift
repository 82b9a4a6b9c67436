/// A grid of cells over a clip `[T, H, W]`. Each cell has a few pixels of one frame, so that the number of cells, and
/// thereby time and memory, is bounded.
struct VoxelGrid: Sendable, Equatable {
    let frames: Int
    let height: Int
    let width: Int
    /// A cell's edge in pixels; cells in the last row and column are smaller if the frame is not a multiple of it.
    let edge: Int
    private let frameHeight: Int
    private let frameWidth: Int

    /// The maximum number of cells: for 64 frames of 224 x 224, cells have 2 x 2 pixels.
    static let maximumVoxels = 1 << 20

    init(shape: ClipShape, maximumVoxels: Int = Self.maximumVoxels) {
        func cells(_ size: Int, _ edge: Int) -> Int { (size + edge - 1) / edge }
        var edge = 1
        while edge < max(shape.height, shape.width),
            shape.frames * cells(shape.height, edge) * cells(shape.width, edge) > maximumVoxels
        {
            edge += 1
        }
        self.edge = edge
        frames = shape.frames
        height = cells(shape.height, edge)
        width = cells(shape.width, edge)
        frameHeight = shape.height
        frameWidth = shape.width
    }

    var plane: Int { height * width }
    var count: Int { frames * plane }

    /// The mean of every cell, `[T, H', W', C]`.
    ///
    /// - Parameter values: `[T, H, W, C]`
    func means(of values: [Float], channels: Int, pool: ThreadPool) -> [Float] {
        guard edge > 1 else { return values }
        var result = [Float](repeating: 0, count: count * channels)
        result.withUnsafeMutableBufferPointer { result in
            pool.run(frames) { frame, _ in
                for cell in frame * plane..<(frame + 1) * plane {
                    let (rows, columns) = pixels(of: cell)
                    for channel in 0..<channels {
                        var sum = 0.0
                        for y in rows {
                            for x in columns {
                                let pixel = (frame * frameHeight + y) * frameWidth + x
                                sum += Double(values[pixel * channels + channel])
                            }
                        }
                        result[cell * channels + channel] = Float(sum / Double(rows.count * columns.count))
                    }
                }
            }
        }
        return result
    }

    /// The cells' values for every pixel, `[T, H, W]`.
    func expanded(_ values: [Float], pool: ThreadPool) -> [Float] {
        guard edge > 1 else { return values }
        var result = [Float](repeating: 0, count: frames * frameHeight * frameWidth)
        result.withUnsafeMutableBufferPointer { result in
            pool.run(frames * frameHeight) { row, _ in
                let (frame, y) = (row / frameHeight, row % frameHeight)
                let first = frame * plane + y / edge * width
                for x in 0..<frameWidth { result[row * frameWidth + x] = values[first + x / edge] }
            }
        }
        return result
    }

    private func pixels(of cell: Int) -> (rows: Range<Int>, columns: Range<Int>) {
        let (y, x) = (cell % plane / width * edge, cell % width * edge)
        return (y..<min(y + edge, frameHeight), x..<min(x + edge, frameWidth))
    }
}
