import NIOCore
import NIOHTTPTypes

/// Closes a connection whose client takes too long to send a request's head: from the start of the connection, or from
/// the first byte of a further request, until the request line and headers are complete.
final class HeadDeadlineHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    /// Detects bytes before they are parsed as a request.
    private final class FirstByteHandler: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = ByteBuffer
        typealias InboundOut = ByteBuffer

        private let onBytes: () -> Void

        init(onBytes: @escaping () -> Void) {
            self.onBytes = onBytes
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            onBytes()
            context.fireChannelRead(data)
        }
    }

    private let timeout: TimeAmount
    private var deadline: Scheduled<Void>?
    private var isBetweenRequests = true

    init(timeout: Duration) {
        self.timeout = TimeAmount(timeout)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let (loop, channel) = (context.eventLoop, context.channel)
        let bytes = FirstByteHandler { [weak self] in self?.begin(loop, channel) }
        // If this fails, the deadline applies only to a connection's first request.
        try? context.pipeline.syncOperations.addHandler(bytes, position: .first)
        if channel.isActive { begin(loop, channel) }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context.eventLoop, context.channel)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            isBetweenRequests = false
            cancel()
        case .body:
            break
        case .end:
            isBetweenRequests = true
        }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        cancel()
    }

    private func begin(_ loop: any EventLoop, _ channel: any Channel) {
        guard isBetweenRequests, deadline == nil else { return }
        deadline = loop.scheduleTask(in: timeout) { channel.close(promise: nil) }
    }

    private func cancel() {
        deadline?.cancel()
        deadline = nil
    }
}
