import Glibc
import Media

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
