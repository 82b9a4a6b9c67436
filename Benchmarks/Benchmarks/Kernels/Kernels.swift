import Benchmark
import CKernels

/// One work item of each kernel, as the published network has it, on one thread, for every instruction set of this CPU.
///
/// The scalar variants define the others and are not measured: they call the C library for every multiply-add.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock], warmupIterations: 3, maxDuration: .seconds(3), maxIterations: 2000)
    for isa in [SALIENCY_ISA_NEON, SALIENCY_ISA_AVX2, SALIENCY_ISA_AVX512] {
        guard let kernels = engine_kernels_for(isa) else { continue }
        let name = String(cString: saliency_isa_name(isa))
        convolutions(name, kernels.pointee)
        stem(name, kernels.pointee)
        products(name, kernels.pointee)
        pools(name, kernels.pointee)
    }
}

/// 3x3x3 units: 16 tiles, forward.
private func convolutions(_ isa: String, _ kernels: engine_kernels) {
    let layers: [(name: String, frames: Int, edge: Int, cin: Int, cout: Int, tileFrames: Int)] = [
        ("Conv3d_2c_3x3", 32, 56, 64, 192, 4), ("Mixed_3c/Branch_1", 32, 28, 128, 192, 4),
        ("Mixed_4f/Branch_1", 16, 14, 160, 320, 2),
    ]
    for layer in layers {
        let shape = engine_winograd(
            frames: layer.frames, height: layer.edge, width: layer.edge, in_channels: layer.cin,
            out_channels: layer.cout, before: 1, tile_frames: layer.tileFrames, first_time: 0,
            time_count: layer.frames / layer.tileFrames)
        let positions = layer.frames * layer.edge * layer.edge
        let source = floats(positions * layer.cin)
        let filters = floats(engine_winograd_filter_floats(layer.cin, layer.cout, layer.tileFrames), 0.01)
        let scratch = floats(withUnsafePointer(to: shape) { engine_winograd_scratch_floats($0) })
        let epilogue = engine_epilogue(
            destination: floats(positions * layer.cout), stride: layer.cout, bias: floats(layer.cout), accumulates: 0,
            masks: bytes(positions * engine_mask_stride(layer.cout)), mask_stride: engine_mask_stride(layer.cout),
            mask_channels: layer.cout, guided: 0)
        Benchmark("\(layer.name), 16 tiles, \(isa)") { benchmark in
            for _ in benchmark.scaledIterations {
                withUnsafePointer(to: shape) { shape in
                    withUnsafePointer(to: epilogue) {
                        kernels.winograd(shape, source, layer.cin, filters, 16, 16, scratch, $0)
                    }
                }
            }
        }
    }
}

/// The stem: 16 tiles from bytes, and of the gradient.
private func stem(_ isa: String, _ kernels: engine_kernels) {
    let clip = engine_blocks(
        frames: 64, height: 224, width: 224, channels: 3, bytes: UnsafePointer(bytes(64 * 224 * 224 * 3)),
        scale: 2 / 255, offset: -1)
    let positions = 32 * 112 * 112
    let scratch = floats(engine_stem_scratch_floats(3, 64))
    let activation = floats(positions * 64)
    let gradient = floats(64 * 224 * 224 * 3)
    func shape(_ cin: Int, _ cout: Int, before: Int) -> engine_winograd {
        engine_winograd(
            frames: 32, height: 112, width: 112, in_channels: cin, out_channels: cout, before: before, tile_frames: 4,
            first_time: 0, time_count: 8)
    }
    let (forward, backward) = (shape(24, 64, before: 1), shape(64, 24, before: 2))
    let forwardFilters = floats(engine_stem_filter_floats(3, 64, 0), 0.01)
    let backwardFilters = floats(engine_stem_filter_floats(3, 64, 1), 0.01)
    let epilogue = engine_epilogue(
        destination: activation, stride: 64, bias: floats(64), accumulates: 0,
        masks: bytes(positions * engine_mask_stride(64)), mask_stride: engine_mask_stride(64), mask_channels: 64,
        guided: 0)
    Benchmark("Conv3d_1a_7x7, 16 tiles, \(isa)") { benchmark in
        for _ in benchmark.scaledIterations {
            withUnsafePointer(to: forward) { shape in
                withUnsafePointer(to: clip) { clip in
                    withUnsafePointer(to: epilogue) {
                        kernels.stem(shape, clip, gradient, forwardFilters, 320, 16, scratch, $0)
                    }
                }
            }
        }
    }
    Benchmark("Conv3d_1a_7x7 gradient, 16 tiles, \(isa)") { benchmark in
        for _ in benchmark.scaledIterations {
            withUnsafePointer(to: backward) { shape in
                withUnsafePointer(to: clip) { clip in
                    kernels.stem_gradient(shape, clip, activation, 64, backwardFilters, 320, 16, scratch, gradient)
                }
            }
        }
    }
}

/// Mixed_3c's 1x1x1 units: 256 rows, forward.
private func products(_ isa: String, _ kernels: engine_kernels) {
    let (rows, depth, columns) = (256, 256, 288)
    let sources = engine_rows(first: UnsafePointer(floats(rows * depth)), stride: depth, depth: depth)
    let filters = floats(engine_packed_floats(depth, columns), 0.01)
    let epilogue = engine_epilogue(
        destination: floats(rows * columns), stride: columns, bias: floats(columns), accumulates: 0,
        masks: bytes(rows * engine_mask_stride(columns)), mask_stride: engine_mask_stride(columns),
        mask_channels: columns, guided: 0)
    Benchmark("256 rows of 256 channels to 288, \(isa)") { benchmark in
        for _ in benchmark.scaledIterations {
            withUnsafePointer(to: sources) { sources in
                withUnsafePointer(to: epilogue) { kernels.product(rows, sources, 1, filters, columns, $0) }
            }
        }
    }
}

/// Mixed_3c's max-pool of 3x3x3: one line, forward and backward.
private func pools(_ isa: String, _ kernels: engine_kernels) {
    let window = engine_window(
        frames: 32, height: 28, width: 28, channels: 256, out_frames: 32, out_height: 28, out_width: 28,
        kernel_frames: 3, kernel_height: 3, kernel_width: 3, stride_frames: 1, stride_height: 1, stride_width: 1,
        before_frames: 1, before_height: 1, before_width: 1)
    let count = 32 * 28 * 28 * 256
    let (source, destination, indices) = (floats(count), floats(count), bytes(count))
    Benchmark("A line of Mixed_3c's pool, \(isa)") { benchmark in
        for _ in benchmark.scaledIterations {
            withUnsafePointer(to: window) { window in
                withUnsafePointer(to: kernels) { engine_max_pool_line($0, window, source, 5, 5, destination, indices) }
            }
        }
    }
    Benchmark("A line of Mixed_3c's pool's gradient, \(isa)") { benchmark in
        for _ in benchmark.scaledIterations {
            withUnsafePointer(to: window) { window in
                withUnsafePointer(to: kernels) {
                    engine_max_pool_gradient_line($0, window, source, indices, 5, 5, destination, 0)
                }
            }
        }
    }
}
