import Concurrency
import Media

/// The state of a publisher.
public enum PublishState: Sendable {
    case connecting
    /// - Parameter warnings: one sentence for each stream that is not sent unchanged.
    case connected(warnings: [String])
    /// The connection failed; the next attempt follows after this many seconds.
    case waiting(MediaError, seconds: Double)
    case stopped
}

/// Publishes a stream by RTMP, RTSP, UDP or SRT, or into an HLS folder.
///
/// It uses its own thread, so that a slow or absent receiver never blocks a caller. Packets that the receiver cannot
/// accept are dropped up to the next key frame and counted, and lost connections are re-established indefinitely.
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

    /// Signals that a new camera connection's packets follow. If possible, the receiver sees one continuous stream.
    public func begin(_ stream: LiveStream) {
        queue.begin(PublishInput(stream))
    }

    /// Queues a packet of the camera connection that was begun last; returns immediately.
    public func write(_ packet: LivePacket) {
        queue.push(packet)
    }

    /// Sends the queued packets within this many seconds, then ends the connection and the thread. Returns immediately;
    /// the end is reported to `onState`.
    public func stop(within seconds: Double = 0.3) {
        interrupt.stop(within: seconds)
        queue.stop()
    }

    /// The number of packets dropped so far because the queue was full or there was no receiver.
    public var dropped: UInt64 { queue.dropped }
}
