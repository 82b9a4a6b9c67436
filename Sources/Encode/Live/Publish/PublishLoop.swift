import Concurrency
import Media

/// What a publisher's thread does: connect, send, and start again after a failure.
struct PublishLoop {
    /// Seconds of a good connection after which the next failure is a new one.
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
                waiting = try carry(connection, beginning: waiting)
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

    /// Sends packet after packet.
    ///
    /// - Returns: a packet that needs another connection; nil when stopped.
    private func carry(
        _ connection: PublishConnection, beginning first: PublishQueue.Element?
    ) throws(MediaError) -> PublishQueue.Element? {
        if let first { try connection.write(first.packet, of: first.input) }
        while let element = queue.pop(), !interrupt.hasStopped {
            guard connection.takes(element.packet, of: element.input) else { return element }
            try connection.write(element.packet, of: element.input)
        }
        return nil
    }
}

/// How long to wait before the next attempt: twice as long each time, up to a minute, with jitter, so that what failed together
/// does not come back together.
struct PublishBackoff: Sendable {
    /// In seconds.
    var first = 1.0
    var longest = 60.0

    private var attempts = 0

    init(first: Double = 1) {
        self.first = first
    }

    /// Seconds: from half of the delay to all of it.
    mutating func next() -> Double {
        var delay = first
        for _ in 0..<attempts where delay < longest { delay *= 2 }
        attempts += 1
        return min(delay, longest) * Double.random(in: 0.5...1)
    }

    /// The longest at once: after a few wrong passwords many a server locks the account.
    mutating func nextAfterDenial() -> Double {
        while attempts < 64, first * Double(1 << min(attempts, 40)) < longest { attempts += 1 }
        return longest
    }

    mutating func reset() {
        attempts = 0
    }
}
