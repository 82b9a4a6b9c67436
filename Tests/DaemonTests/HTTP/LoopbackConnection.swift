import Concurrency
import Foundation
import Pipeline
import TestSupport

/// A plain connection to a port of this machine, which sends exactly the given bytes.
final class LoopbackConnection: Sendable {
    struct Refused: Error {}

    /// The server neither sent anything nor closed the connection.
    struct TimedOut: Error {}

    private let descriptor: Int32

    /// - Parameters:
    ///   - receiveBuffer: the size of the system's receive buffer in bytes; nil for the default.
    ///   - source: the client's address on this machine; nil for the default.
    init(port: Int, receiveBuffer: CInt? = nil, from source: String? = nil) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        if var receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<CInt>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        if let source {
            var own = sockaddr_in()
            own.sin_family = sa_family_t(AF_INET)
            inet_pton(AF_INET, source, &own.sin_addr)
            _ = withUnsafePointer(to: &own) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            throw Refused()
        }
        var timeout = timeval(tv_sec: HangLimit.wait, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Sends bytes on a new connection, and returns all bytes until the server closes it.
    ///
    /// The server limits the time from connecting to the request, so that no other task may run in between.
    static func exchange(_ bytes: [UInt8], port: Int) async throws -> [UInt8] {
        try await DedicatedThread.run(name: "client", onCancel: {}) {
            let connection = try LoopbackConnection(port: port)
            Self.send(bytes, to: connection.descriptor)
            return try withExtendedLifetime(connection) { try Self.receiveAll(from: connection.descriptor) }
        }
    }

    /// Sends as much as the server accepts; ends if the server closes the connection.
    func send(_ bytes: [UInt8]) async throws {
        try await blocking { Self.send(bytes, to: $0) }
    }

    private static func send(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Closes the sending side.
    func endSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Resets the connection: data in transit is lost on both sides.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        var address = sockaddr(sa_family: sa_family_t(AF_UNSPEC), sa_data: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
        connect(descriptor, &address, socklen_t(MemoryLayout<sockaddr>.size))
    }

    /// Waits for this many bytes, at most 4096.
    @discardableResult func receive(_ count: Int) async throws -> [UInt8] {
        try await blocking { descriptor in
            var buffer = [UInt8](repeating: 0, count: min(count, 4096))
            let received = try Self.receive(from: descriptor, into: &buffer, Int32(MSG_WAITALL))
            return Array(buffer.prefix(received))
        }
    }

    /// Waits for some bytes; empty if the server has closed the connection.
    func receiveSome() async throws -> [UInt8] {
        try await blocking { descriptor in
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            let received = try Self.receive(from: descriptor, into: &buffer)
            return Array(buffer.prefix(received))
        }
    }

    /// All bytes until the server closes the connection.
    func receiveAll() async throws -> [UInt8] {
        try await blocking { try Self.receiveAll(from: $0) }
    }

    private static func receiveAll(from descriptor: Int32) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while case let count = try receive(from: descriptor, into: &buffer), count > 0 { bytes += buffer[..<count] }
        return bytes
    }

    /// - Returns: the number of bytes; 0 if the server has closed or reset the connection.
    private static func receive(
        from descriptor: Int32, into buffer: inout [UInt8], _ flags: Int32 = 0
    ) throws -> Int {
        let count = recv(descriptor, &buffer, buffer.count, flags)
        guard count >= 0 || errno != EAGAIN else { throw TimedOut() }
        return max(0, count)
    }

    private func blocking<Result: Sendable>(_ body: @escaping @Sendable (Int32) throws -> Result) async throws -> Result
    {
        try await DedicatedThread.run(name: "client", onCancel: {}) { try body(self.descriptor) }
    }
}
