import Concurrency
import Glibc
import Media
import Synchronization

/// Listens on a port of the loopback address and passes what comes there on by TLS: for readers that cannot check a
/// certificate themselves, as FFmpeg (5.1 to 7.1) cannot for RTSP, or not in the way that is demanded.
///
/// The server has proved who it is before anything reaches it, on every connection. Others on this machine can connect to the
/// port too: they reach the server as if they had connected to it themselves, and learn nothing of what passes.
public final class TLSRelay: Sendable {
    public let port: UInt16

    private let host: String
    private let hostPort: UInt16
    private let trust: TLSTrust
    private let name: String
    private let cancellation = Cancellation()
    private let places = Mutex(TLSRelay.maximumConnections)

    /// At one time: HLS needs a few.
    private static let maximumConnections = 8
    /// Seconds that a later connection may take to stand.
    private static let timeout = 10.0

    /// Connects once, so that what is wrong is known at once, and listens.
    ///
    /// - Parameters:
    ///   - name: the address as people may see it, for errors.
    ///   - timeout: in seconds.
    /// - Throws: `MediaError`: `untrusted` if the server does not prove who it is, `cannotOpen` or `cancelled`.
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
        let handed = Handed(first)
        let cancellation = cancellation
        // The thread must not keep this object: its end is the thread's.
        DedicatedThread.start(name: "tls relay") { [weak self] in
            while !cancellation.isCancelled {
                guard let accepted = listener.accept() else { continue }
                guard let self else { return }
                self.serve(accepted, first: handed.take())
            }
        }
    }

    deinit {
        cancellation.cancel()
    }

    /// Ends every connection.
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
        let handed = Handed(first)
        let socket = Handed(plain)
        DedicatedThread.start(name: "tls relay") { [self] in
            defer { places.withLock { $0 += 1 } }
            guard let plain = socket.take() else { return }
            let interrupt = Interrupt(cancellation)
            interrupt.setDeadline(in: Self.timeout)
            // A failure ends the plain connection, and whoever reads from it connects again by another relay.
            guard let secure = handed.take() ?? connection(interrupt) else { return }
            interrupt.setDeadline(in: nil)
            TLSRelayPump(plain: plain, secure: secure, interrupt: interrupt).run()
        }
    }

    private func connection(_ interrupt: Interrupt) -> TLSConnection? {
        try? TLSConnection(host: host, port: hostPort, trust: trust, name: name, interrupt: interrupt)
    }
}

/// What one thread gives to another, once.
private final class Handed<Value: AnyObject>: Sendable {
    /// The address of an object that a reference is held to; 0 for none.
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

/// Passes bytes between a plain connection and one by TLS until one of them ends.
struct TLSRelayPump {
    let plain: HostSocket
    let secure: TLSConnection
    let interrupt: Interrupt

    /// Bytes of the largest TLS record.
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
        secure.sayGoodbye()
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

    /// The next connection; nil if none came for a moment.
    func accept() -> HostSocket? {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, 100) > 0 else { return nil }
        let connection = Glibc.accept(descriptor, nil, nil)
        return connection >= 0 ? HostSocket(descriptor: connection) : nil
    }
}
