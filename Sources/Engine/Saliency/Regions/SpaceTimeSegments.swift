/// A clip cut into regions of space and time at several scales, as XRAI wants them.
///
/// Numbers are those of PAIR's package for an image of 224 x 224. Sizes grow with the number of positions, so that a clip
/// in which nothing moves is cut as its image would be, through all frames.
struct SpaceTimeSegments {
    /// PAIR's, for samples of -1…1. scikit-image divides by 255.
    static let scales = [50.0, 100, 150, 250, 500, 1200].map { $0 / 255 }
    /// Standard deviation of the Gaussian over each frame, in cells.
    static let smoothing = 0.8
    /// Positions.
    static let minimumSize = 150.0
    /// The frame that these sizes are for.
    static let frameSize = 224.0 * 224

    let grid: VoxelGrid
    /// Each position's region `[T, H, W]`, one array a scale.
    let labels: [[UInt32]]

    /// How many positions of the grid stand for one of the frame that the sizes are for.
    static func growth(_ grid: VoxelGrid) -> Double { Double(grid.count) / frameSize }

    /// - Parameter clip: `[T, H, W, C]`
    init(of clip: [Float], grid: VoxelGrid, channels: Int, pool: ThreadPool, control: RunControl) throws(ModelError) {
        self.grid = grid
        var samples = grid.means(of: clip, channels: channels, pool: pool)
        let (least, most) = (samples.min() ?? 0, samples.max() ?? 0)
        let factor = most > least ? 2 / (most - least) : 0
        samples = samples.map { ($0 - least) * factor - 1 }
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
