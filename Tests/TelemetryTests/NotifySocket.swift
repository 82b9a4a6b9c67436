import Foundation
import Testing

@testable import Telemetry

/// The receiving end of `$NOTIFY_SOCKET`, like systemd's.
final class NotifySocket {
    private let descriptor: Int32

    /// - Parameter name: the variable's value: a path, or `@` and an abstract name.
    init(_ name: String) throws {
        let address = try #require(UnixAddress(name))
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        try #require(address.withSocketAddress { bind(descriptor, $0, $1) } == 0)
    }

    deinit {
        close(descriptor)
    }

    /// The next message; nil if there is none. Messages sent on this machine have already arrived.
    func message() -> String? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }
}
