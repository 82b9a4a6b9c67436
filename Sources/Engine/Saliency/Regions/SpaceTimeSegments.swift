/// A clip cut into regions of space and time at several scales, for XRAI.
///
/// The constants are those of PAIR's package for an image of 224 x 224. Sizes grow with the number of positions, so
/// that a clip in which nothing moves is cut as its image would be, through all frames.
struct SpaceTimeSegments {
    /// PAIR's scales, for samples of −1…1; scikit-image divides them by 255.
    static let scales = [50.0, 100, 150, 250, 500, 1200].map { $0 / 255 }
    /// The standard deviation of the Gaussian over each frame, in cells.
    static let smoothing = 0.8
    /// The minimum size of a region, in positions.
    static let minimumSize = 150.0
    /// The number of positions in the frame for which these sizes are meant.
    static let frameSize = 224.0 * 224

    let grid: VoxelGrid
    /// Each position's region `[T, H, W]`; one array per scale.
    let labels: [[UInt32]]

    /// The number of positions in the grid, as a multiple of `frameSize`.
    static func growth(_ grid: VoxelGrid) -> Double { Double(grid.count) / frameSize }

    /// - Parameter clip: `[T, H, W, C]`
    init(of clip: [Float], grid: VoxelGrid, channels: Int, pool: ThreadPool, control: RunControl) throws(ModelError) {
        self.grid = grid
        var samples = grid.means(of: clip, channels: channels, pool: pool)
        let (minimum, maximum) = (samples.min() ?? 0, samples.max() ?? 0)
        let factor = maximum > minimum ? 2 / (maximum - minimum) : 0
        samples = samples.map { ($0 - minimum) * factor - 1 }
        let shape = ClipShape(frames: grid.frames, height: grid.height, width: grid.width, channels: channels)
        samples = ClipBlur(shape: shape, pool: pool, axis: .space, edge: .reflected).blurred(
            samples, sigma: Self.smoothing)
        try control.check()
        let graph = SpaceTimeGraph(grid: grid, samples: samples, channels: channels)
        let growth = Self.growth(grid)
        var labels: [[UInt32]] = []
        for (number, scale) in Self.scales.enumerated() {
            try control.check()
            labels.append(graph.regions(scale: scale * growth, minimumSize: Self.minimumSize * growth))
            control.progress(Double(number + 1) / Double(Self.scales.count))
        }
        self.labels = labels
    }
}
