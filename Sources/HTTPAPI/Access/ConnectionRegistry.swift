import NIOCore
import Synchronization

/// The open connections. If there are too many, a new one replaces one that waits for a request, so that idle sockets
/// keep nobody out.
final class ConnectionRegistry: Sendable {
    private struct Entry {
        var peer: String
        var channel: any Channel
        /// When the connection began to wait for a request, as a sequence number; nil while a request is answered.
        var idleSince: UInt64?
    }

    private struct State {
        var entries: [UInt64: Entry] = [:]
        var counts: [String: Int] = [:]
        var events: UInt64 = 0
    }

    private let limit: Int
    private let maximumOfOnePeer: Int
    private let state = Mutex(State())

    init(limit: Int, maximumOfOnePeer: Int) {
        self.limit = limit
        self.maximumOfOnePeer = maximumOfOnePeer
    }

    /// Adds a connection, and closes another one if necessary.
    ///
    /// - Returns: the connection's number; nil if all others are answering requests.
    func enter(_ channel: any Channel, from peer: String) -> UInt64? {
        let (number, replaced) = state.withLock { state -> (UInt64?, (any Channel)?) in
            var replaced: UInt64?
            if state.counts[peer, default: 0] >= maximumOfOnePeer {
                replaced = Self.longestIdle(state) { $0 == peer }
                guard replaced != nil else { return (nil, nil) }
            } else if state.entries.count >= limit {
                // Prefers an idle connection of the peer with the most connections.
                let largest = state.counts.max { $0.value < $1.value }?.key
                replaced = Self.longestIdle(state) { $0 == largest } ?? Self.longestIdle(state) { _ in true }
                guard replaced != nil else { return (nil, nil) }
            }
            let replacedChannel = replaced.flatMap { Self.remove($0, &state) }
            state.events += 1
            state.entries[state.events] = Entry(peer: peer, channel: channel, idleSince: state.events)
            state.counts[peer, default: 0] += 1
            return (state.events, replacedChannel)
        }
        replaced?.close(promise: nil)
        return number
    }

    /// Marks the connection as answering a request.
    func becomeBusy(_ number: UInt64) {
        state.withLock { $0.entries[number]?.idleSince = nil }
    }

    /// Marks the connection as waiting for a request.
    func becomeIdle(_ number: UInt64) {
        state.withLock { state in
            state.events += 1
            state.entries[number]?.idleSince = state.events
        }
    }

    func leave(_ number: UInt64) {
        state.withLock { _ = Self.remove(number, &$0) }
    }

    var count: Int { state.withLock { $0.entries.count } }

    private static func longestIdle(_ state: State, where isIncluded: (String) -> Bool) -> UInt64? {
        state.entries.filter { isIncluded($0.value.peer) }
            .compactMap { number, entry in entry.idleSince.map { (number: number, since: $0) } }
            .min { $0.since < $1.since }?.number
    }

    private static func remove(_ number: UInt64, _ state: inout State) -> (any Channel)? {
        guard let entry = state.entries.removeValue(forKey: number) else { return nil }
        let left = (state.counts[entry.peer] ?? 1) - 1
        state.counts[entry.peer] = left > 0 ? left : nil
        return entry.channel
    }
}

/// Identifies the peer of a connection for counting.
enum PeerAddress {
    /// An IPv4 address, also if mapped to IPv6, or the first 64 bits of an IPv6 address, since a client has a whole /64
    /// network. One key for all connections without an address.
    static func key(_ address: SocketAddress?) -> String {
        switch address {
        case .v4: return address?.ipAddress ?? ""
        case .v6(let six):
            let bytes = withUnsafeBytes(of: six.address.sin6_addr) { Array($0) }
            if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10..<12] == [0xFF, 0xFF] {
                return bytes[12...].map(String.init).joined(separator: ".")
            }
            return bytes[..<8].map { String($0, radix: 16) }.joined(separator: ":")
        default: return ""
        }
    }
}
