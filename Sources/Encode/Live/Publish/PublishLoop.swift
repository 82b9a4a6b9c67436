import Concurrency
import Media

/// The loop of a publisher's thread: connects, sends packets, and reconnects after a failure.
struct PublishLoop {
    /// The seconds of a working connection after which the back-off is reset.
    private static let settledTime = 30.0

    let address: PublishAddress
    let queue: PublishQueue
    let interrupt: Interrupt
    var backoff: PublishBackoff
    let report: @Sendable (PublishState) -> Void

    mutating func run() {
        var waiting: PublishQueue.Element?
        while let input = waiting?.input ?? queue.currentInput(), !queue.wasStopped {
            report(.connecting)
            var connected: MonotonicTime?
            do throws(MediaError) {
                let connection = try PublishConnection(address, input: input, interrupt: interrupt)
                connected = .now
                if waiting == nil { queue.accept() }
                report(.connected(warnings: connection.warnings))
                defer { connection.close() }
                waiting = try sendPackets(connection, beginning: waiting)
            } catch {
                waiting = nil
                queue.refuse()
                if queue.wasStopped { break }
                if let connected, connected.secondsAgo > Self.settledTime { backoff.reset() }
                let delay = error.code == .accessDenied ? backoff.nextAfterDenial() : backoff.next()
                report(.waiting(error, seconds: delay))
                queue.pause(for: delay)
            }
        }
        queue.refuse()
        report(.stopped)
    }

    /// Sends packets until the connection cannot accept one.
    ///
    /// - Returns: a packet that needs another connection; nil when stopped.
    private func sendPackets(
        _ connection: PublishConnection, beginning first: PublishQueue.Element?
    ) throws(MediaError) -> PublishQueue.Element? {
        if let first { try connection.write(first.packet, of: first.input) }
        while let element = queue.pop(), !interrupt.hasStopped {
            guard connection.accepts(element.packet, of: element.input) else { return element }
            try connection.write(element.packet, of: element.input)
        }
        return nil
    }
}

/// Exponential back-off between attempts: the delay doubles up to a minute, with jitter, so that connections that
/// failed together do not retry together.
struct PublishBackoff: Sendable {
    /// In seconds.
    var first = 1.0
    var longest = 60.0

    private var attempts = 0

    init(first: Double = 1) {
        self.first = first
    }

    /// The next delay in seconds, with a random factor from 0.5 to 1.
    mutating func next() -> Double {
        var delay = first
        for _ in 0..<attempts where delay < longest { delay *= 2 }
        attempts += 1
        return min(delay, longest) * Double.random(in: 0.5...1)
    }

    /// The longest delay immediately, because many servers lock an account after a few wrong passwords.
    mutating func nextAfterDenial() -> Double {
        while attempts < 64, first * Double(1 << min(attempts, 40)) < longest { attempts += 1 }
        return longest
    }

    mutating func reset() {
        attempts = 0
    }
}
