import Foundation
import Testing

@testable import Telemetry

/// The receiving end of `$NOTIFY_SOCKET`, as systemd has it.
final class NotifySocket {
    private let descriptor: Int32

    /// - Parameter name: as in the variable: a path, or `@` and an abstract name.
    init(_ name: String) throws {
        let address = try #require(UnixAddress(name))
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        try #require(address.withSocketAddress { bind(descriptor, $0, $1) } == 0)
    }

    deinit {
        close(descriptor)
    }

    /// The next message; nil if none has come. One that was sent on this machine has come.
    func message() -> String? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }
}
