import Decode
import Media
import Synchronization

/// One frame for viewers.
public struct PreviewImage: Sendable, Equatable {
    /// A JPEG file.
    public var jpeg: [UInt8]
    /// The capture time, in seconds since 1970.
    public var wallClock: Double

    public init(jpeg: [UInt8], wallClock: Double) {
        self.jpeg = jpeg
        self.wallClock = wallClock
    }
}

/// A camera's newest frame, encoded once for all viewers, and only while there are viewers.
public final class LivePreview: Sendable {
    private struct State {
        var newest: PreviewImage?
        var viewers: [Int: AsyncStream<PreviewImage>.Continuation] = [:]
        var nextViewer = 0
        var nextDue: ContinuousClock.Instant?
        var published: UInt64 = 0
    }

    private let state = Mutex(State())
    private let interval: Duration

    /// - Parameter rate: the maximum frame rate in hertz.
    public init(rate: Double) {
        interval = .seconds(1 / max(rate, 0.01))
    }

    /// The current number of viewers.
    public var viewerCount: Int { state.withLock { $0.viewers.count } }

    /// The number of frames published so far.
    public var publishedCount: UInt64 { state.withLock { $0.published } }

    /// Whether a frame is to be encoded; if this returns true, the caller must encode it.
    ///
    /// On average the rate is met independent of the source's rate.
    ///
    /// - Parameter moment: the frame's due time.
    public func claim(at moment: ContinuousClock.Instant) -> Bool {
        state.withLock { state in
            guard !state.viewers.isEmpty else { return false }
            guard let due = state.nextDue, moment < due + interval, moment > due - interval - interval else {
                // The first frame, or one after a pause, or one of another clock.
                state.nextDue = moment + interval
                return true
            }
            // A frame that is due slightly earlier is accepted.
            guard moment >= due - interval / 10 else { return false }
            state.nextDue = due + interval
            return true
        }
    }

    /// Sends a frame to all viewers. It replaces a previous frame that a viewer has not received yet.
    public func publish(_ frame: PreviewImage) {
        state.withLock { state in
            state.newest = frame
            state.published += 1
            for viewer in state.viewers.values { viewer.yield(frame) }
        }
    }

    /// The frames from now on, until the stream is cancelled or the preview ends.
    public func images() -> AsyncStream<PreviewImage> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: PreviewImage.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            let number = state.nextViewer
            state.nextViewer += 1
            state.viewers[number] = continuation
            return number
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.viewers.removeValue(forKey: number) }
        }
        return stream
    }

    /// Ends all viewers' streams.
    public func finish() {
        let viewers = state.withLock { state in
            defer { state.viewers.removeAll() }
            return Array(state.viewers.values)
        }
        for viewer in viewers { viewer.finish() }
    }
}

/// The source of a connection: a live stream, or a scripted one in tests.
///
/// Not thread-safe: one thread reads.
protocol LiveFrameSource: AnyObject {
    var properties: SourceProperties { get }
    /// The capture time of the first frame, in seconds since 1970; nil while the source does not state it.
    var startOnWallClock: Double? { get }
    /// Whether the decoder skips frames to catch up.
    var isBehind: Bool { get set }
    var damagedFrames: Int { get }
    /// The number of frames that were not decoded, to catch up.
    var skippedFrames: UInt64 { get }
    /// The problems that decoding has worked around so far.
    var warnings: [SourceWarning] { get }
    /// The next item; nil if the sender ended the stream.
    func next() throws(MediaError) -> LiveItem?
}

extension LiveSource: LiveFrameSource {}
