import Concurrency
import Media

/// What a publisher's thread does: connect, send, and begin anew after a failure.
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
        while let epoch = waiting?.epoch ?? queue.currentEpoch(), !queue.wasStopped {
            report(.connecting)
            var connected: MonotonicTime?
            do throws(MediaError) {
                let connection = try PublishConnection(address, epoch: epoch, interrupt: interrupt)
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
        if let first { try connection.write(first.packet, of: first.epoch) }
        while let element = queue.pop(), !interrupt.hasStopped {
            guard connection.takes(element.packet, of: element.epoch) else { return element }
            try connection.write(element.packet, of: element.epoch)
        }
        return nil
    }
}
