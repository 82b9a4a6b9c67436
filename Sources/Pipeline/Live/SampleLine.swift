import Decode
import DequeModule
import Foundation

/// The newest samples of one epoch, between the thread that reads and the one that explains: what is explained is never
/// older than it has to be.
///
/// Windows begin a stride apart. If the next but one is due already, the engine was not free in time: the older is passed
/// over. A gap begins a new run, and no window spans two runs. Holds as many samples as a window and a stride have. Waits
/// block the calling thread.
// Unchecked: every access to the stored properties is under `condition`.
final class SampleLine: @unchecked Sendable {
    struct Due: Sendable {
        var window: Window
        /// Samples since the window before it; nil for a run's first.
        var stride: Int?
        /// Windows that were passed over before it.
        var skipped: Int
        /// The earliest sample at which the next window may begin.
        var nextStart: Int
    }

    private struct Sample {
        var number: Int
        var time: Double
        var frame: ClipFrame
    }

    /// Between the numbers of two runs' samples, so that nothing takes them for neighbours.
    private static let runDistance = 1024

    private let length: Int
    private let condition = NSCondition()
    private var samples = Deque<Sample>()
    private var nextNumber = 0
    /// Where the next window begins, and where the one before began.
    private var nextStart = 0
    private var lastStart: Int?
    private var windowCount = 0
    private var isClosed = false

    /// - Parameter length: T, samples of a window.
    init(length: Int) {
        self.length = max(1, length)
    }

    /// Takes the next sample.
    ///
    /// - Parameter beginsRun: whether something is missing before it.
    func append(_ frame: ClipFrame, time: Double, beginsRun: Bool) {
        condition.lock()
        defer { condition.unlock() }
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
        condition.signal()
    }

    /// Waits for the next window.
    ///
    /// - Parameter stride: samples from the last window's start to this one's, at least.
    /// - Returns: nil when no more windows come.
    func next(stride: Int) -> Due? {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if isClosed { return nil }
            if let due = takeDue(max(stride, 1)) { return due }
            condition.wait()
        }
    }

    /// No more windows: wakes whoever waits.
    func close() {
        condition.lock()
        isClosed = true
        samples.removeAll()
        condition.broadcast()
        condition.unlock()
    }

    private func takeDue(_ stride: Int) -> Due? {
        nextStart = lastStart.map { $0 + stride } ?? max(nextStart, samples.first?.number ?? nextStart)
        let late = nextNumber - (nextStart + length)
        guard late >= 0 else { return nil }
        // The newest window that keeps the distance: all before it would be older than need be.
        let skipped = late / stride
        let start = max(nextStart + skipped * stride, samples.first?.number ?? nextNumber)
        guard nextNumber - start >= length else { return nil }
        let window = makeWindow(from: start)
        let distance = lastStart.map { start - $0 }
        lastStart = start
        nextStart = start + stride
        return Due(window: window, stride: distance, skipped: skipped, nextStart: nextStart)
    }

    private func makeWindow(from start: Int) -> Window {
        let chosen = samples.drop { $0.number < start }.prefix(length)
        defer { windowCount += 1 }
        return Window(
            index: windowCount, firstSample: start, frames: chosen.map(\.frame), times: chosen.map(\.time),
            paddedCount: 0, containsCorruption: chosen.contains { $0.frame.isCorrupt })
    }

    /// How many samples are held.
    var heldCount: Int {
        condition.lock()
        defer { condition.unlock() }
        return samples.count
    }
}
