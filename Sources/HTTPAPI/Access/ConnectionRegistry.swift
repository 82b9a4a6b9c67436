import NIOCore
import Synchronization

/// The open connections. Where there are too many, a new one takes the place of one that waits for a request: idle sockets keep
/// nobody out.
final class ConnectionRegistry: Sendable {
    private struct Entry {
        var peer: String
        var channel: any Channel
        /// When it began to wait for a request, counted in events; nil while one is answered.
        var idleSince: UInt64?
    }

    private struct State {
        var entries: [UInt64: Entry] = [:]
        var counts: [String: Int] = [:]
        var events: UInt64 = 0
    }

    private let most: Int
    private let maximumOfOnePeer: Int
    private let state = Mutex(State())

    init(most: Int, maximumOfOnePeer: Int) {
        self.most = most
        self.maximumOfOnePeer = maximumOfOnePeer
    }

    /// Notes a connection, and closes another one if it has to.
    ///
    /// - Returns: its number; nil where requests are answered on all the others.
    func enter(_ channel: any Channel, from peer: String) -> UInt64? {
        let (number, leaving) = state.withLock { state -> (UInt64?, (any Channel)?) in
            var leaving: UInt64?
            if state.counts[peer, default: 0] >= maximumOfOnePeer {
                leaving = Self.longestIdle(state) { $0 == peer }
                guard leaving != nil else { return (nil, nil) }
            } else if state.entries.count >= most {
                // Of whoever has most of them, if it has an idle one.
                let largest = state.counts.max { $0.value < $1.value }?.key
                leaving = Self.longestIdle(state) { $0 == largest } ?? Self.longestIdle(state) { _ in true }
                guard leaving != nil else { return (nil, nil) }
            }
            let channelLeaving = leaving.flatMap { Self.remove($0, &state) }
            state.events += 1
            state.entries[state.events] = Entry(peer: peer, channel: channel, idleSince: state.events)
            state.counts[peer, default: 0] += 1
            return (state.events, channelLeaving)
        }
        leaving?.close(promise: nil)
        return number
    }

    /// A request has begun.
    func begin(_ number: UInt64) {
        state.withLock { $0.entries[number]?.idleSince = nil }
    }

    /// The last request is answered.
    func rest(_ number: UInt64) {
        state.withLock { state in
            state.events += 1
            state.entries[number]?.idleSince = state.events
        }
    }

    func leave(_ number: UInt64) {
        state.withLock { _ = Self.remove(number, &$0) }
    }

    var count: Int { state.withLock { $0.entries.count } }

    private static func longestIdle(_ state: State, where isMeant: (String) -> Bool) -> UInt64? {
        state.entries.filter { isMeant($0.value.peer) }
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

/// Whom a connection comes from, as connections are counted.
enum PeerAddress {
    /// An IPv4 address, also one written as IPv6, or the network half of an IPv6 address, of which a client has as many as it
    /// likes. One name for everything that has no address.
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
