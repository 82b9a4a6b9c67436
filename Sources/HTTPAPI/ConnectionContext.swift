import Glibc
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// A request's context: its connection, target and log fields.
struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The requested target, before routing.
    var target = RequestTarget.none
    let logFields = RequestLogFields()
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// The client's address.
    var peer: String? { channel.remoteAddress?.ipAddress }

    /// Runs `body`, and cancels it when the client closes the connection or its sending side.
    func whileConnected<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result
    {
        let found = channel.eventLoop.submit { [channel] in
            try channel.pipeline.syncOperations.handler(type: ConnectionEndHandler.self).end
        }
        // A closed channel has no handlers.
        guard let end = try? await found.get() else { throw CancellationError() }
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                await end.wait()
                return nil
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
                group.cancelAll()
            }
            throw CancellationError()
        }
    }

    /// Sends `100 Continue` to a client that waits for it before sending the body (`Expect: 100-continue`), as curl
    /// does with files: the body of a rejected request is not sent, and otherwise curl need not wait for its own
    /// timeout.
    func sendContinue(for request: Request) async throws {
        guard request.headers[.expect]?.lowercased() == "100-continue" else { return }
        try await channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)))
    }

    /// Limits the system's send buffer. By default it would hold megabytes: frames would be old when they are seen, and
    /// it would take long to notice that nobody reads.
    func limitSendBuffer() async throws {
        try await channel.setOption(.socketOption(.so_sndbuf), value: Self.sendBuffer).get()
    }

    /// The size in bytes; Linux uses twice as many.
    private static let sendBuffer: Int = 128 << 10

    /// Limits only the data that has not been sent, not the data in flight, so that the connection's throughput is not
    /// reduced.
    func limitUnsentData() async throws {
        let option = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: TCP_NOTSENT_LOWAT))
        try await channel.setOption(option, value: SocketOptionValue(Self.sendBuffer)).get()
    }

    /// Closes the connection immediately; writes in progress fail.
    func close() {
        channel.close(promise: nil)
    }
}
