import Glibc
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// The connection that a request came on, and what is known of the request.
struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// What was asked for, before the router.
    var target = RequestTarget.none
    let notes = RequestNotes()
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// The address of the client.
    var peer: String? { channel.remoteAddress?.ipAddress }

    /// Runs `body`, and cancels it when the client ends the connection, or its half of it.
    func whileConnected<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result
    {
        let found = channel.eventLoop.submit { [channel] in
            try channel.pipeline.syncOperations.handler(type: ConnectionEndHandler.self).end
        }
        // A channel that is closed has no handlers.
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

    /// Asks for the body of a request whose client waits to be asked (`Expect: 100-continue`), as curl does before it sends
    /// a file: what is refused need not be sent, and what is not refused need not wait for curl to time out.
    func invite(_ request: Request) async throws {
        guard request.headers[.expect]?.lowercased() == "100-continue" else { return }
        try await channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)))
    }

    /// Lets the system hold little of what the client has not taken yet. It would hold megabytes: frames that are old when
    /// they are seen, and much time until it is noticed that nobody looks.
    func limitSending() async throws {
        try await channel.setOption(.socketOption(.so_sndbuf), value: Self.sendBuffer).get()
    }

    /// Bytes; Linux holds twice as many.
    private static let sendBuffer: Int = 128 << 10

    /// Lets the system hold little of what it could not send yet, and as much as the line takes of what is under way.
    func limitUnsent() async throws {
        let option = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: TCP_NOTSENT_LOWAT))
        try await channel.setOption(option, value: SocketOptionValue(Self.sendBuffer)).get()
    }

    /// Ends it at once; what is being written fails.
    func close() {
        channel.close(promise: nil)
    }
}
