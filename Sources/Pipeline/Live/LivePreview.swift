import Decode
import Media
import Synchronization

/// One frame for viewers.
public struct PreviewImage: Sendable, Equatable {
    /// A JPEG file.
    public var jpeg: [UInt8]
    /// When it was taken, in seconds since 1970.
    public var wallClock: Double

    public init(jpeg: [UInt8], wallClock: Double) {
        self.jpeg = jpeg
        self.wallClock = wallClock
    }
}

/// A camera's newest frame, encoded once for any number of viewers, and only while somebody looks.
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

    /// - Parameter rate: frames a second at most.
    public init(rate: Double) {
        interval = .seconds(1 / max(rate, 0.01))
    }

    /// How many look at the moment.
    public var viewerCount: Int { state.withLock { $0.viewers.count } }

    /// Frames handed out so far, each encoded once.
    public var publishedCount: UInt64 { state.withLock { $0.published } }

    /// Whether a frame is to be encoded; whoever is told so does it.
    ///
    /// Over a while there are as many as the rate says, whatever the source's own rate is.
    ///
    /// - Parameter moment: when the frame was due.
    public func claim(at moment: ContinuousClock.Instant) -> Bool {
        state.withLock { state in
            guard !state.viewers.isEmpty else { return false }
            guard let due = state.nextDue, moment < due + interval, moment > due - interval - interval else {
                // The first one, or one behind a pause, or of another clock.
                state.nextDue = moment + interval
                return true
            }
            // A frame that comes a trifle sooner is the one.
            guard moment >= due - interval / 10 else { return false }
            state.nextDue = due + interval
            return true
        }
    }

    /// Hands a frame to everybody who looks. Whoever has not taken the one before gets this one instead.
    public func publish(_ frame: PreviewImage) {
        state.withLock { state in
            state.newest = frame
            state.published += 1
            for viewer in state.viewers.values { viewer.yield(frame) }
        }
    }

    /// The frames from now on, until the stream is given up or the preview ends.
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

    /// Ends every viewer's stream.
    public func finish() {
        let viewers = state.withLock { state in
            defer { state.viewers.removeAll() }
            return Array(state.viewers.values)
        }
        for viewer in viewers { viewer.finish() }
    }
}

/// What a connection reads from: a live stream, or a script of one in tests.
///
/// Not thread-safe: one thread reads.
protocol LiveFrameSource: AnyObject {
    var properties: SourceProperties { get }
    /// When the first frame was taken, in seconds since 1970; nil while the source does not say.
    var startOnWallClock: Double? { get }
    /// Whether frames that no other needs are passed over, to catch up.
    var isBehind: Bool { get set }
    var damagedFrames: Int { get }
    /// Frames that were not decoded, to catch up.
    var skippedFrames: UInt64 { get }
    /// What was decoded around so far.
    var warnings: [SourceWarning] { get }
    /// The next item; nil when the sender ended the stream.
    func next() throws(MediaError) -> LiveItem?
}

extension LiveSource: LiveFrameSource {}
