import Concurrency
import Decode
import DequeModule

/// The newest samples of one connection, between the thread that reads and the one that explains: what is explained is
/// never older than it has to be.
///
/// Windows begin a stride apart. If the engine was not free in time, the window is taken from what is newest when it is: the
/// stride has widened, and nothing old is explained. A gap begins a new run, and no window spans two runs. Holds as many
/// samples as a window and a stride have. Waits block the calling thread.
final class SampleBuffer: Sendable {
    struct Due: Sendable {
        var window: Window
        /// Samples since the window before it; nil for a run's first.
        var stride: Int?
        /// Windows that were passed over before it.
        var skipped: Int
        /// The earliest sample at which the next window may begin.
        var nextStart: Int
    }

    private let monitor: Monitor<SampleRun>

    /// - Parameter length: T, samples of a window.
    init(length: Int) {
        monitor = Monitor(SampleRun(length: max(1, length)))
    }

    /// Takes the next sample.
    ///
    /// - Parameter beginsRun: whether something is missing before it.
    func append(_ frame: ClipFrame, time: Double, beginsRun: Bool) {
        monitor.update { $0.append(frame, time: time, beginsRun: beginsRun) }
    }

    /// Waits until the next window is due.
    ///
    /// - Parameter stride: samples from the last window's start to this one's, at least.
    /// - Returns: false when no more windows come.
    func waitUntilDue(stride: Int) -> Bool {
        monitor.wait { run in
            if run.isClosed { return .done(false) }
            return run.start(stride: max(stride, 1)) != nil ? .done(true) : .wait
        }
    }

    /// The newest window, of those that begin a stride or more behind the last one.
    ///
    /// - Returns: nil if none is due any more: a gap came, or the end.
    func takeNewest(stride: Int) -> Due? {
        monitor.update { $0.takeNewest(stride: max(stride, 1)) }
    }

    /// No more windows: wakes whoever waits.
    func close() {
        monitor.update { $0.close() }
    }

    /// How many samples are held.
    var heldCount: Int { monitor.read { $0.samples.count } }
}

/// What `SampleBuffer` holds.
private struct SampleRun: Sendable {
    struct Sample {
        var number: Int
        var time: Double
        var frame: ClipFrame
    }

    /// Between the numbers of two runs' samples, so that nothing takes them for neighbours.
    private static let runDistance = 1024

    private let length: Int
    /// Windows that come late begin this many samples, or a multiple, behind where they should: the engine keeps what two windows
    /// share only at multiples of 8.
    private let step: Int
    private(set) var samples = Deque<Sample>()
    private var nextNumber = 0
    /// Where the next window begins, and where the one before began.
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
        // What no window will show, or could only show too late.
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

    /// Where the newest window begins that may be taken now; nil if none may.
    mutating func start(stride: Int) -> Int? {
        guard let first = samples.first else { return nil }
        nextStart = lastStart.map { $0 + stride } ?? max(nextStart, first.number)
        let late = nextNumber - (nextStart + length)
        guard late >= 0 else { return nil }
        // A run's first window, and one that is in time, begin where they should; others as late as they can.
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
