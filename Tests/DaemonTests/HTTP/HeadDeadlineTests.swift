import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypesHTTP1
import Testing

@testable import HTTPAPI

/// With the embedded event loop, whose time advances only when a test says so.
@Suite struct HeadDeadlineTests {
    private static let head = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    /// Incomplete heads in two parts.
    private static let incomplete = [
        ("G", "E"), ("GET /healthz HT", "T"), ("GET /healthz HTTP/1.1\r\nHost: localhost\r\n", "A: b\r\n"),
    ]

    private let channel = EmbeddedChannel()

    init() throws {
        try channel.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: false)
        try channel.pipeline.syncOperations.addHandlers([
            HTTP1ToHTTPServerCodec(secure: false), HeadDeadlineHandler(timeout: .seconds(5)),
        ])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private func receive(_ text: String) throws {
        try channel.writeInbound(ByteBuffer(string: text))
    }

    /// Lets time pass; returns whether the connection is still open after it.
    private func isOpen(after time: TimeAmount) -> Bool {
        channel.embeddedEventLoop.advanceTime(by: time)
        return channel.isActive
    }

    @Test func silentConnectionIsClosed() {
        #expect(isOpen(after: .milliseconds(4999)))
        #expect(!isOpen(after: .milliseconds(1)))
    }

    @Test(arguments: incomplete) func firstHeadMustArriveInTime(_ text: String, _ more: String) throws {
        try receive(text)
        #expect(isOpen(after: .milliseconds(4999)))
        try receive(more)
        #expect(!isOpen(after: .milliseconds(1)))
    }

    /// The time of a further request begins with its first byte, however long the connection was idle before.
    @Test(arguments: incomplete) func furtherHeadsMustArriveInTime(_ text: String, _ more: String) throws {
        try receive(Self.head)
        #expect(isOpen(after: .hours(1)))
        try receive(text)
        #expect(isOpen(after: .milliseconds(4999)))
        // Bytes of the same head do not extend its time.
        try receive(more)
        #expect(!isOpen(after: .milliseconds(1)))
    }

    @Test func bodyHasMoreTime() throws {
        try receive("POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\na")
        #expect(isOpen(after: .hours(1)))
        try receive("b")
        #expect(isOpen(after: .hours(1)))
        try receive("G")
        #expect(!isOpen(after: .seconds(5)))
    }

    @Test func closedConnectionHasNoDeadline() throws {
        try receive("G")
        try channel.close().wait()
        #expect(!isOpen(after: .hours(1)))
    }
}
