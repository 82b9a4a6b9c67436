import CKernels
import Synchronization

/// Makes equal inputs give equal outputs in Winograd convolution.
///
/// A tile's transforms round equal receptive fields differently, depending on their place in the tile. In flat areas
/// (black bars, title cards, still scenes) this rounding would break exact ties, and a max-pool would pass the gradient
/// to another element of its window than the definition. Therefore every output whose field does not change along an
/// axis is recomputed as a plain sum of products, whose rounding depends only on the field; of neighbours with the same
/// field, one is computed and the others are copies. Any other output has no neighbour along an axis that could tie
/// with it exactly, and keeps its value. So an output depends only on its field, not on tiles, threads, or earlier
/// computations of a session.
struct FlatOutputs: Sendable {
    /// The convolution's input size, kernel and stride; the kernel's edge is at least twice the stride.
    let window: SlidingWindow
    /// Marks of the input's elements, `repeatsSize` bytes.
    let repeats: BufferID
    /// Marks of the outputs, a byte each.
    let flat: BufferID

    /// Bytes of `repeats` for a window.
    static func repeatsSize(_ window: SlidingWindow) -> Int {
        let (input, stride) = (window.input, window.stride)
        return (input.frames + stride.frames) * (input.height + stride.height) * (input.width + stride.width)
    }

    /// Bytes of `flat` for a window.
    static func flatSize(_ window: SlidingWindow) -> Int { window.output.count }

    /// The number of lines in one work item.
    private static let linesPerItem = 8

    func scratchFloats(columns: Int) -> Int {
        var geometry = window.geometry
        let line = (window.input.width + window.stride.width + 3) / 4
        return max(engine_flat_scratch_floats(&geometry, columns), line)
    }

    /// Recomputes the flat outputs in `frames`.
    ///
    /// - Parameters:
    ///   - samples: the convolution's input, `[T, H, W, C]`.
    ///   - filters: `[field][columns]`, packed.
    ///   - epilogue: that of the forward pass that has written all outputs.
    func forward(
        _ workspace: Workspace, _ samples: engine_samples, filters: UnsafePointer<Float>, columns: Int,
        epilogue: engine_epilogue, frames: Range<Int>
    ) {
        var (geometry, samples, epilogue) = (window.geometry, samples, epilogue)
        withUnsafePointer(to: &geometry) { geometry in
            withUnsafePointer(to: &samples) { samples in
                withUnsafePointer(to: &epilogue) { epilogue in
                    guard markRepeats(workspace, geometry, samples, frames), markFlat(workspace, geometry, frames)
                    else { return }
                    let height = window.output.height
                    let flat = workspace.bytes(flat)
                    workspace.pool.run((height + Self.linesPerItem - 1) / Self.linesPerItem) { item, worker in
                        let first = item * Self.linesPerItem
                        engine_flat_outputs(
                            workspace.kernels, geometry, samples, flat, frames.lowerBound, frames.count, first,
                            min(Self.linesPerItem, height - first), filters, columns, epilogue,
                            workspace.scratch(worker))
                    }
                }
            }
        }
    }

    /// Returns whether there is a mark.
    private func markRepeats(
        _ workspace: Workspace, _ geometry: UnsafePointer<engine_window>, _ samples: UnsafePointer<engine_samples>,
        _ frames: Range<Int>
    ) -> Bool {
        let (input, stride, before) = (window.input, window.stride, window.before)
        let elements =
            max(
                0, frames.lowerBound * stride.frames - before.frames)..<min(
                input.frames + stride.frames,
                (frames.upperBound - 1) * stride.frames - before.frames + window.kernel.frames)
        let lines = input.height + stride.height
        let repeats = workspace.bytes(repeats)
        return anyItem(workspace, elements, lines: lines) { frame, line, _ in
            engine_mark_repeats(geometry, samples, frame, line, repeats) != 0
        }
    }

    /// Returns whether there is a mark.
    private func markFlat(
        _ workspace: Workspace, _ geometry: UnsafePointer<engine_window>, _ frames: Range<Int>
    ) -> Bool {
        let (repeats, flat) = (workspace.bytes(repeats), workspace.bytes(flat))
        return anyItem(workspace, frames, lines: window.output.height) { frame, line, worker in
            let scratch = UnsafeMutableRawPointer(workspace.scratch(worker)).assumingMemoryBound(to: UInt8.self)
            return engine_mark_flat(geometry, repeats, frame, line, scratch, flat) != 0
        }
    }

    /// Calls `body` for every line of `frames`, on all threads; returns whether it has returned true for any.
    private func anyItem(
        _ workspace: Workspace, _ frames: Range<Int>, lines: Int, _ body: (_ frame: Int, _ line: Int, Int) -> Bool
    ) -> Bool {
        let any = Atomic(false)
        let pieces = (lines + Self.linesPerItem - 1) / Self.linesPerItem
        workspace.pool.run(frames.count * pieces) { item, worker in
            let (frame, piece) = item.quotientAndRemainder(dividingBy: pieces)
            let first = piece * Self.linesPerItem
            var found = false
            for line in first..<min(first + Self.linesPerItem, lines)
            where body(
                frames.lowerBound + frame, line, worker)
            {
                found = true
            }
            if found { any.store(true, ordering: .relaxed) }
        }
        return any.load(ordering: .relaxed)
    }
}
