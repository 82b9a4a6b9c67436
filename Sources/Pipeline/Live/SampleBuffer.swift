import Concurrency
import Decode
import DequeModule

/// The newest samples of one connection, passed from the reading to the explaining thread, so that always the newest
/// possible window is explained.
///
/// Windows begin a stride apart. If the engine is not free in time, the next window is made of the newest samples as
/// soon as it is: the stride is then longer, and no old samples are explained. A gap begins a new run, and no window
/// spans two runs. The buffer holds at most two windows of samples. Waiting blocks the calling thread.
final class SampleBuffer: Sendable {
    struct Due: Sendable {
        var window: Window
        /// Samples since the previous window; nil for a run's first window.
        var stride: Int?
        /// The number of windows skipped before it.
        var skipped: Int
        /// The earliest sample at which the next window may begin.
        var nextStart: Int
    }

    private let monitor: Monitor<SampleRun>

    /// - Parameter length: T, the number of samples in a window.
    init(length: Int) {
        monitor = Monitor(SampleRun(length: max(1, length)))
    }

    /// Appends the next sample.
    ///
    /// - Parameter beginsRun: whether there is a gap before it.
    func append(_ frame: ClipFrame, time: Double, beginsRun: Bool) {
        monitor.update { $0.append(frame, time: time, beginsRun: beginsRun) }
    }

    /// Waits until the next window is due.
    ///
    /// - Parameter stride: the minimum number of samples from the last window's start to this one's.
    /// - Returns: false if no more windows follow.
    func waitUntilDue(stride: Int) -> Bool {
        monitor.wait { run in
            if run.isClosed { return .done(false) }
            return run.start(stride: max(stride, 1)) != nil ? .done(true) : .wait
        }
    }

    /// The newest of the windows that begin at least a stride after the last one.
    ///
    /// - Returns: nil if none is due any more because of a gap or the end.
    func takeNewest(stride: Int) -> Due? {
        monitor.update { $0.takeNewest(stride: max(stride, 1)) }
    }

    /// Signals that no more windows follow, and wakes the waiting thread.
    func close() {
        monitor.update { $0.close() }
    }

    /// The number of samples held.
    var heldCount: Int { monitor.read { $0.samples.count } }
}

/// The state of a `SampleBuffer`.
private struct SampleRun: Sendable {
    struct Sample {
        var number: Int
        var time: Double
        var frame: ClipFrame
    }

    /// The distance between the sample numbers of two runs, so that their samples are never considered adjacent.
    private static let runDistance = 1024

    private let length: Int
    /// Late windows begin a multiple of this number of samples later than planned, because the engine can reuse results
    /// of overlapping windows only at multiples of 8 samples.
    private let step: Int
    private(set) var samples = Deque<Sample>()
    private var nextNumber = 0
    /// The start of the next window, and that of the previous one.
    private var nextStart = 0
    private var lastStart: Int?
    private var windowCount = 0
    private(set) var isClosed = false

    init(length: Int) {
        self.length = length
        step = length >= 32 ? 8 : max(1, length / 8)
    }

    mutating func append(_ frame: ClipFrame, time: Double, beginsRun: Bool) {
        if beginsRun, nextNumber > 0 {
            samples.removeAll()
            nextNumber += Self.runDistance
            nextStart = nextNumber
            lastStart = nil
        }
        samples.append(Sample(number: nextNumber, time: time, frame: frame))
        nextNumber += 1
        // Removes samples that no window needs, or only a window that would be too late.
        while let first = samples.first, first.number < nextStart || samples.count > 2 * length {
            samples.removeFirst()
        }
    }

    mutating func takeNewest(stride: Int) -> SampleBuffer.Due? {
        guard !isClosed, let start = start(stride: stride) else { return nil }
        let distance = lastStart.map { start - $0 }
        lastStart = start
        nextStart = start + stride
        return SampleBuffer.Due(
            window: makeWindow(from: start), stride: distance, skipped: distance.map { $0 / stride - 1 } ?? 0,
            nextStart: nextStart)
    }

    mutating func close() {
        isClosed = true
        samples.removeAll()
    }

    /// The start of the newest window that is available now; nil if none is.
    mutating func start(stride: Int) -> Int? {
        guard let first = samples.first else { return nil }
        nextStart = lastStart.map { $0 + stride } ?? max(nextStart, first.number)
        let late = nextNumber - (nextStart + length)
        guard late >= 0 else { return nil }
        // A run's first window and windows in time begin as planned, others as late as possible.
        let start = max(nextStart + late / step * step, first.number)
        return nextNumber - start >= length ? start : nil
    }

    private mutating func makeWindow(from start: Int) -> Window {
        let chosen = samples.drop { $0.number < start }.prefix(length)
        defer { windowCount += 1 }
        return Window(
            index: windowCount, firstSample: start, frames: chosen.map(\.frame), times: chosen.map(\.time),
            paddedCount: 0, containsCorruption: chosen.contains { $0.frame.isCorrupt })
    }
}
