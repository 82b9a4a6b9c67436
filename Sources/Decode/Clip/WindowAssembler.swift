import DequeModule

/// Divides a sequence of samples into overlapping windows.
///
/// Window w begins at sample `w * stride`. At most `length` samples are held.
struct WindowAssembler {
    let length: Int
    let stride: Int
    private var samples: Deque<(frame: ClipFrame, time: Double)> = []
    /// The numbers of the first sample held and of the next sample.
    private var firstHeld = 0
    private var nextSample = 0
    private var nextWindow = 0

    /// - Precondition: `1 <= stride <= length`, which the caller has checked.
    init(length: Int, stride: Int) {
        self.length = length
        self.stride = stride
    }

    /// The number of samples held.
    var heldCount: Int { samples.count }

    /// - Returns: the window that this sample completes, if it does.
    mutating func append(_ frame: ClipFrame, time: Double) -> Window? {
        samples.append((frame, time))
        nextSample += 1
        let start = nextWindow * stride
        guard nextSample == start + length else { return nil }
        let window = makeWindow(from: start, paddedCount: 0, interval: 0)
        nextWindow += 1
        let keep = nextWindow * stride
        while firstHeld < keep, samples.popFirst() != nil { firstHeld += 1 }
        return window
    }

    /// The last, incomplete window, if there are samples that no window covers; it is padded by repeating the last
    /// sample.
    ///
    /// - Parameter interval: seconds between samples, for the times of the repeated ones.
    mutating func finish(interval: Double) -> Window? {
        defer { samples.removeAll() }
        let start = nextWindow * stride
        let covered = nextWindow == 0 ? 0 : start - stride + length
        guard nextSample > covered else { return nil }
        let window = makeWindow(from: start, paddedCount: start + length - nextSample, interval: interval)
        nextWindow += 1
        return window
    }

    private func makeWindow(from start: Int, paddedCount: Int, interval: Double) -> Window? {
        guard let last = samples.last else { return nil }
        var frames = samples.map(\.frame)
        var times = samples.map(\.time)
        for step in 0..<paddedCount {
            frames.append(last.frame)
            times.append(last.time + Double(step + 1) * interval)
        }
        return Window(
            index: nextWindow, firstSample: start, frames: frames, times: times, paddedCount: paddedCount,
            containsCorruption: frames.contains(where: \.isCorrupt))
    }
}
