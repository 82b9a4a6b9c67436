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
}
