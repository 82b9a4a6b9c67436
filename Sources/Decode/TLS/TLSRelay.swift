import Concurrency
import Glibc
import Media
import Synchronization

/// Listens on a port of the loopback address and passes what comes there on by TLS: for readers that cannot check a
/// certificate themselves, as FFmpeg 5.1 cannot for RTSP, or not in the way that is demanded.
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
    private let places = Mutex(TLSRelay.mostConnections)

    /// At one time: HLS needs a few.
    private static let mostConnections = 8
    /// Seconds that a later connection may take to stand.
    private static let patience = 10.0

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
            interrupt.setDeadline(in: Self.patience)
            // A failure ends the plain connection, and whoever reads from it connects anew by another relay.
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
