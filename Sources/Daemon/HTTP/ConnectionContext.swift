import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// The connection that a request came on.
struct ConnectionContext: InitializableFromSource {
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        channel = source.channel
    }

    /// Asks for the body of a request whose client waits to be asked (`Expect: 100-continue`), as curl does before it sends
    /// a file: what is refused need not be sent, and what is not refused need not wait for curl to lose its patience.
    func invite(_ request: Request) async throws {
        guard request.headers[.expect]?.lowercased() == "100-continue" else { return }
        try await channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)))
    }

    /// Lets the system hold little of what the client has not taken yet. It would hold megabytes: pictures that are old when
    /// they are seen, and much time until it is noticed that nobody looks.
    func limitSending() async throws {
        try await channel.setOption(.socketOption(.so_sndbuf), value: Self.sendBuffer).get()
    }

    /// Bytes; Linux holds twice as many.
    private static let sendBuffer: Int = 128 << 10

    /// Ends it at once; what is being written fails.
    func close() {
        channel.close(promise: nil)
    }
}
