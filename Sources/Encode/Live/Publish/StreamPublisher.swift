import Concurrency
import Media

/// What a publisher is at.
public enum PublishState: Sendable {
    case connecting
    /// - Parameter warnings: what does not come along as it is, one sentence each.
    case connected(warnings: [String])
    /// The next attempt comes after this many seconds.
    case waiting(MediaError, seconds: Double)
    case stopped
}

/// Sends a stream on: by RTMP, RTSP, UDP or SRT, or into an HLS folder.
///
/// All of it happens on a thread of its own: a slow or absent receiver never holds anybody up. What it does not take is dropped
/// up to the next key frame and counted, and a lost connection is made again, again and again.
public final class StreamPublisher: Sendable {
    private let queue: PublishQueue
    private let interrupt = Interrupt()

    /// Starts the thread.
    ///
    /// - Parameter onState: called on that thread, at every change.
    public convenience init(_ address: PublishAddress, onState: @escaping @Sendable (PublishState) -> Void = { _ in }) {
        self.init(address, limits: PublishQueue.Limits(), backoff: PublishBackoff(), onState: onState)
    }

    init(
        _ address: PublishAddress, limits: PublishQueue.Limits, backoff: PublishBackoff,
        onState: @escaping @Sendable (PublishState) -> Void
    ) {
        FFmpegLog.silence()
        let queue = PublishQueue(limits)
        self.queue = queue
        let loop = PublishLoop(
            address: address, queue: queue, interrupt: interrupt, backoff: backoff, report: onState)
        DedicatedThread.start(name: "publish") {
            var loop = loop
            loop.run()
        }
    }

    deinit {
        stop()
    }

    /// Signals that a new camera connection's packets follow. The receiver sees one stream whose time goes on, where it
    /// can.
    public func begin(_ stream: LiveStream) {
        queue.begin(PublishInput(stream))
    }

    /// Hands over a packet of the camera connection that was begun last; returns at once.
    public func write(_ packet: LivePacket) {
        queue.push(packet)
    }

    /// Sends what is waiting, if that can be done in this many seconds, and ends the connection and the thread. Returns at once;
    /// `onState` hears of the end.
    public func stop(within seconds: Double = 0.3) {
        interrupt.stop(within: seconds)
        queue.stop()
    }

    /// Packets that were dropped so far, for want of room or of a receiver.
    public var dropped: UInt64 { queue.dropped }
}
