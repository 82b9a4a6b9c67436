import Concurrency
import Glibc
import Media
import Synchronization

/// Listens on a port of the loopback address and forwards the data over TLS, for readers that cannot verify
/// certificates as required: FFmpeg (5.1 to 7.1) cannot verify them for RTSP, and cannot compare fingerprints at all.
///
/// On every connection the server is authenticated before any data is sent to it. Other processes on this machine can
/// connect to the port too: they reach the server as if they had connected to it directly, and cannot see other
/// connections' data.
public final class TLSRelay: Sendable {
    public let port: UInt16

    private let host: String
    private let hostPort: UInt16
    private let trust: TLSTrust
    private let name: String
    private let cancellation = Cancellation()
    private let places = Mutex(TLSRelay.maximumConnections)

    /// The maximum number of simultaneous connections; HLS needs a few.
    private static let maximumConnections = 8
    /// The time limit in seconds for establishing a later connection.
    private static let timeout = 10.0

    /// Connects once, so that errors are known immediately, and listens.
    ///
    /// - Parameters:
    ///   - name: the redacted address, for errors.
    ///   - timeout: in seconds.
    /// - Throws: `MediaError`: `untrusted` if the server does not authenticate itself, `cannotOpen` or `cancelled`.
    public convenience init(
        host: String, port: UInt16, trust: TLSTrust, name: String, timeout: Double,
        cancellation: Cancellation = Cancellation()
    ) throws(MediaError) {
        let interrupt = Interrupt(cancellation)
        interrupt.setDeadline(in: timeout)
        try self.init(host: host, port: port, trust: trust, name: name, interrupt: interrupt)
    }

    init(host: String, port: UInt16, trust: TLSTrust, name: String, interrupt: Interrupt) throws(MediaError) {
        self.host = host
        hostPort = port
        self.trust = trust
        self.name = name
        let first = try TLSConnection(host: host, port: port, trust: trust, name: name, interrupt: interrupt)
        let listener = try LoopbackListener(name: name)
        self.port = listener.port
        let connectionHandoff = Handoff(first)
        let cancellation = cancellation
        // The thread must not retain this object, whose end stops the thread.
        DedicatedThread.start(name: "tls relay") { [weak self] in
            while !cancellation.isCancelled {
                guard let accepted = listener.accept() else { continue }
                guard let self else { return }
                self.serve(accepted, first: connectionHandoff.take())
            }
        }
    }

    deinit {
        cancellation.cancel()
    }

    /// Ends all connections.
    public func close() {
        cancellation.cancel()
    }

    private func serve(_ plain: HostSocket, first: TLSConnection?) {
        let hasPlace = places.withLock { places in
            guard places > 0 else { return false }
            places -= 1
            return true
        }
        guard hasPlace else { return }
        let connectionHandoff = Handoff(first)
        let socketHandoff = Handoff(plain)
        DedicatedThread.start(name: "tls relay") { [self] in
            defer { places.withLock { $0 += 1 } }
            guard let plain = socketHandoff.take() else { return }
            let interrupt = Interrupt(cancellation)
            interrupt.setDeadline(in: Self.timeout)
            // A failure ends the plain connection; its reader then reconnects through another relay.
            guard let secure = connectionHandoff.take() ?? connection(interrupt) else { return }
            interrupt.setDeadline(in: nil)
            TLSRelayPump(plain: plain, secure: secure, interrupt: interrupt).run()
        }
    }

    private func connection(_ interrupt: Interrupt) -> TLSConnection? {
        try? TLSConnection(host: host, port: hostPort, trust: trust, name: name, interrupt: interrupt)
    }
}

/// Transfers an object from one thread to another, once.
private final class Handoff<Value: AnyObject>: Sendable {
    /// The address of the retained object; 0 for none.
    private let value: Atomic<UInt>

    init(_ value: Value?) {
        self.value = Atomic(value.map { UInt(bitPattern: Unmanaged.passRetained($0).toOpaque()) } ?? 0)
    }

    deinit {
        _ = take()
    }

    func take() -> Value? {
        UnsafeRawPointer(bitPattern: value.exchange(0, ordering: .acquiringAndReleasing)).map {
            Unmanaged<Value>.fromOpaque($0).takeRetainedValue()
        }
    }
}

/// Forwards bytes between a plain connection and a TLS connection until one of them ends.
struct TLSRelayPump {
    let plain: HostSocket
    let secure: TLSConnection
    let interrupt: Interrupt

    /// The maximum size of a TLS record in bytes.
    private static let recordBytes = 16 << 10

    func run() {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.recordBytes, alignment: 16)
        defer { buffer.deallocate() }
        while !interrupt.shouldStop {
            guard passFromServer(buffer), passToServer(buffer) else { break }
            guard !secure.hasPending else { continue }
            var entries = [plain.descriptor, secure.socket.descriptor].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            poll(&entries, nfds_t(entries.count), 100)
        }
        secure.sendCloseNotify()
    }

    /// - Returns: false at the end.
    private func passFromServer(_ buffer: UnsafeMutableRawBufferPointer) -> Bool {
        while let count = secure.receive(into: buffer) {
            guard count > 0, plain.send(UnsafeRawBufferPointer(rebasing: buffer[..<count]), interrupt) else {
                return false
            }
        }
        return true
    }

    private func passToServer(_ buffer: UnsafeMutableRawBufferPointer) -> Bool {
        guard let count = plain.receive(into: buffer) else { return true }
        return count > 0 && secure.send(UnsafeRawBufferPointer(rebasing: buffer[..<count]), interrupt)
    }
}

/// A TCP listener on a free port of 127.0.0.1.
final class LoopbackListener: Sendable {
    let port: UInt16
    private let descriptor: Int32

    /// - Throws: `MediaError.cannotOpen`.
    init(name: String) throws(MediaError) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                descriptor >= 0 && bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isListening else {
            let code = errno
            if descriptor >= 0 { close(descriptor) }
            throw MediaError(
                .cannotOpen, "no port of this machine to pass TLS on by", underlyingCode: -code, file: name)
        }
        self.descriptor = descriptor
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit {
        close(descriptor)
    }

    /// The next connection; nil if there was none within 100 ms.
    func accept() -> HostSocket? {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, 100) > 0 else { return nil }
        let connection = Glibc.accept(descriptor, nil, nil)
        return connection >= 0 ? HostSocket(descriptor: connection) : nil
    }
}
