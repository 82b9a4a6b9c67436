import TestSupport
import Testing

@testable import Engine

@Suite("XRAI and its regions")
struct XRAITests {
    private func grid(_ shape: [Int]) -> VoxelGrid {
        VoxelGrid(shape: ClipShape(frames: shape[0], height: shape[1], width: shape[2], channels: 3))
    }

    @Test("Regions in space-time agree with another implementation at every scale")
    func regions() throws {
        let golden = try SaliencyGolden()
        let samples = try golden.tensor("regions/samples")
        let expected = try golden.tensor("regions/labels").values.map { UInt32($0) }
        let graph = SpaceTimeGraph(grid: grid(samples.shape), samples: samples.values, channels: 3)
        let size = expected.count / 3
        for (number, scale) in [0.5, 2.0, 8.0].enumerated() {
            #expect(
                graph.regions(scale: scale, minimumSize: 30) == Array(expected[number * size..<(number + 1) * size]))
        }
    }

    @Test("Regions of a line agree with scikit-image's")
    func line() throws {
        let golden = try SaliencyGolden()
        let line = try golden.tensor("regions/line")
        let grid = VoxelGrid(shape: ClipShape(frames: 1, height: 1, width: line.shape[1], channels: 3))
        let labels = SpaceTimeGraph(grid: grid, samples: line.values, channels: 3).regions(scale: 2, minimumSize: 4)
        #expect(labels == (try golden.tensor("regions/line_labels").values.map { UInt32($0) }))
    }

    @Test("Densities and ranks agree with PAIR's package", arguments: ["full", "fast", "part"])
    func growth(_ name: String) throws {
        let golden = try SaliencyGolden()
        let labels = try golden.tensor("regions/labels")
        let values = labels.values.map { UInt32($0) }
        let size = values.count / labels.shape[0]
        let masks = RegionMasks(
            grid: grid(Array(labels.shape.dropFirst())),
            labels: (0..<labels.shape[0]).map { Array(values[$0 * size..<($0 + 1) * size]) }, radius: 2)
        let attribution = try golden.tensor("regions/attribution").values
        let growth = try RegionGrowth(
            masks, attribution: attribution, algorithm: name == "fast" ? .fast : .full, minimumGrowth: 20,
            area: name == "part" ? 0.4 : 1, control: RunControl())
        #expect(growth.ranks == (try golden.tensor("regions/\(name)_ranks").values.map { UInt32($0) }))
        // Both are computed as means in double precision.
        #expect(Agreement(growth.densities, try golden.tensor("regions/\(name)").values).isWithin(error: 1e-7))
    }

    /// The expectations of PAIR's own tests.
    @Test(
        "Regions keep their sum of attribution, are uniform, and are ranked by density",
        arguments: XRAI.Algorithm.allCases)
    func order(_ algorithm: XRAI.Algorithm) throws {
        let shape = ClipShape(frames: 4, height: 40, width: 50, channels: 3)
        let grid = VoxelGrid(shape: shape)
        var random = SeededGenerator(seed: 9)
        let clip = random.normals(shape.count, scale: 1)
        let attribution = random.normals(grid.count, scale: 1)
        let segments = try SpaceTimeSegments(
            of: clip, grid: grid, channels: 3, pool: ThreadPool(threadCount: 2), control: RunControl())
        #expect(segments.labels.count == 6)
        let masks = RegionMasks(grid: grid, labels: segments.labels, radius: 1)
        let growth = try RegionGrowth(
            masks, attribution: attribution, algorithm: algorithm, minimumGrowth: 10, control: RunControl())
        let last = try #require(growth.ranks.max())
        #expect(last > 3)
        var before = Float.infinity
        for rank in 1...last {
            let positions = growth.ranks.indices.filter { growth.ranks[$0] == rank }
            let densities = Set(positions.map { growth.densities[$0] })
            #expect(densities.count == 1)
            let density = densities.first ?? 0
            let held = positions.reduce(0.0) { $0 + Double(attribution[$1]) }
            #expect((held - Double(density) * Double(positions.count)).magnitude < 1e-4)
            // The last rank may be that of positions without a region.
            if rank < last { #expect(density <= before) }
            before = density
        }
    }

    @Test("A clip in which nothing moves is cut like its image, through all frames")
    func stillClip() throws {
        let pool = ThreadPool(threadCount: 2)
        var random = SeededGenerator(seed: 2)
        let image = (0..<48 * 60).flatMap { place in
            let patch = Float((place / 60 / 12 * 7 + place % 60 / 15 * 3) % 5) / 5
            return random.normals(3, scale: 0.02).map { $0 + patch }
        }
        func labels(frames: Int) throws -> [[UInt32]] {
            let shape = ClipShape(frames: frames, height: 48, width: 60, channels: 3)
            let clip = (0..<frames).flatMap { _ in image }
            return try SpaceTimeSegments(
                of: clip, grid: VoxelGrid(shape: shape), channels: 3, pool: pool, control: RunControl()
            ).labels
        }
        let (one, four) = (try labels(frames: 1), try labels(frames: 4))
        for (scale, still) in zip(one, four) {
            #expect(Set(scale).count > 4)
            #expect(still == (0..<4).flatMap { _ in scale })
        }
    }

    @Test("A grid has no more cells than allowed, and gives every pixel its cell's mean")
    func grid() {
        let shape = ClipShape(frames: 2, height: 5, width: 7, channels: 1)
        let grid = VoxelGrid(shape: shape, maximumVoxels: 24)
        #expect((grid.edge, grid.height, grid.width, grid.count) == (2, 3, 4, 24))
        let pool = ThreadPool(threadCount: 2)
        let values = (0..<70).map { Float($0) }
        let means = grid.means(of: values, channels: 1, pool: pool)
        #expect(means[0] == (0 + 1 + 7 + 8) / 4)
        #expect(means[11] == 34 && means[12] == means[0] + 35)
        let expanded = grid.expanded(means, pool: pool)
        #expect(expanded[8] == means[0] && expanded[69] == means[23] && expanded[34] == means[11])
        let published = VoxelGrid(shape: ClipShape(frames: 64, height: 224, width: 224, channels: 3))
        #expect((published.edge, published.count) == (2, 64 * 112 * 112))
        #expect(VoxelGrid(shape: ClipShape(frames: 64, height: 1080, width: 1920, channels: 3)).count <= 1 << 20)
    }
}
