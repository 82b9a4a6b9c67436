import Foundation
import Synchronization

/// A TCP server on a local port that runs a script for every connection.
public final class StreamServer: Sendable {
    /// An accepted connection, used on the script's thread.
    public struct Connection: Sendable {
        let descriptor: Int32

        /// - Returns: whether the client was still there.
        @discardableResult
        public func send(_ bytes: some Collection<UInt8>) -> Bool {
            var rest = Array(bytes)[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }

        /// The next bytes from the client; nil if the client or the server has closed the connection.
        public func receive() -> [UInt8]? {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            return count > 0 ? Array(buffer[..<count]) : nil
        }

        /// Waits until the client or the server closes the connection.
        public func hold() {
            while receive() != nil {}
        }

        /// Reads a request's head and begins an answer of unknown length.
        public func beginHTTP(type: String = "video/mp2t") {
            _ = receive()
            send(Array("HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\nConnection: close\r\n\r\n".utf8))
        }
    }

    public let port: UInt16
    private let listener: Int32
    private let listening = DispatchGroup()
    private let connections = Mutex<(open: Set<Int32>, isClosed: Bool)>(([], false))

    /// - Parameters:
    ///   - port: the port of another server that has ended; nil for a free one.
    ///   - script: runs on a new thread for each connection, which is closed when it returns.
    public init(port: UInt16? = nil, _ script: @escaping @Sendable (Connection) -> Void) throws {
        let (listener, port) = try Loopback.bound(SOCK_STREAM, port: port)
        guard listen(listener, 16) == 0 else { throw CocoaError(.fileReadUnknown) }
        self.listener = listener
        self.port = port
        listening.enter()
        Thread.detachNewThread { [weak self, listening] in
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                guard let self, self.begin(connection) else {
                    Glibc.close(connection)
                    break
                }
                Thread.detachNewThread { [weak self] in
                    script(Connection(descriptor: connection))
                    if let self { self.end(connection) } else { Glibc.close(connection) }
                }
            }
            Glibc.close(listener)
            listening.leave()
        }
    }

    deinit {
        close()
    }

    /// As `close`, and waits until another server can use the port.
    public func giveUp() async {
        close()
        await withCheckedContinuation { continuation in
            listening.notify(queue: .global()) { continuation.resume() }
        }
    }

    /// Closes all connections; later ones are refused.
    public func close() {
        connections.withLock { state in
            guard !state.isClosed else { return }
            state.isClosed = true
            shutdown(listener, Int32(SHUT_RDWR))
            for connection in state.open { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    private func begin(_ connection: Int32) -> Bool {
        connections.withLock { state in
            if !state.isClosed { state.open.insert(connection) }
            return !state.isClosed
        }
    }

    private func end(_ connection: Int32) {
        connections.withLock { state in
            state.open.remove(connection)
            Glibc.close(connection)
        }
    }
}

/// Sockets on the loopback address.
public enum Loopback {
    /// A socket bound to a port, or to a free one.
    public static func bound(
        _ type: __socket_type, port: UInt16? = nil
    ) throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0)
        // Closed connections keep their port for a while.
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = loopback(port ?? 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw CocoaError(.fileReadUnknown) }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    /// A socket that is connected to a local port.
    static func connected(to port: UInt16) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = loopback(port)
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else {
            close(descriptor)
            throw CocoaError(.fileReadUnknown)
        }
        return descriptor
    }

    /// A port on which nothing listens.
    public static func freePort(_ type: __socket_type = SOCK_STREAM) throws -> UInt16 {
        let (descriptor, port) = try bound(type)
        close(descriptor)
        return port
    }

    /// Sends a datagram to a local port, whether or not anyone receives it.
    public static func send(_ bytes: some Collection<UInt8>, toPort port: UInt16, from descriptor: Int32) {
        var address = loopback(port)
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { target in
                Array(bytes).withUnsafeBytes {
                    _ = sendto(
                        descriptor, $0.baseAddress, $0.count, 0, target, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        return address
    }
}
