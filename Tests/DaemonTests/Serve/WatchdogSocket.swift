import Foundation
import Testing

@testable import Cameras
@testable import DaemonConfiguration
@testable import JobService
@testable import Telemetry

/// `$NOTIFY_SOCKET` like systemd's, with the daemon's messages.
final class WatchdogSocket: Sendable {
    let path: String
    private let descriptor: Int32

    /// - Parameter timeout: seconds to wait for a message.
    init(_ path: String, timeout: Int = 0) throws {
        self.path = path
        let address = try #require(UnixAddress(path))
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        try #require(address.withSocketAddress { bind(descriptor, $0, $1) } == 0)
        var limit = timeval(tv_sec: timeout, tv_usec: timeout == 0 ? 1 : 0)
        try #require(
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size)) == 0)
    }

    deinit {
        close(descriptor)
    }

    /// The next message; nil if none arrives in time.
    func message() -> String? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }

    /// All messages that have arrived.
    func messages() -> [String] {
        var messages: [String] = []
        while let message = message() { messages.append(message) }
        return messages
    }
}
