import NIOCore
import NIOHTTPTypes

/// Reports to the registry when a connection opens and closes, and whether a request is being answered on it.
final class ConnectionRegistryHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let registry: ConnectionRegistry
    private var number: UInt64?
    /// The number of requests whose response is not complete.
    private var pending = 0

    init(registry: ConnectionRegistry) {
        self.registry = registry
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { enter(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        enter(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) {
            pending += 1
            if let number { registry.becomeBusy(number) }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            pending -= 1
            if pending == 0, let number { registry.becomeIdle(number) }
        }
        context.write(data, promise: promise)
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        leave()
    }

    private func enter(_ context: ChannelHandlerContext) {
        guard number == nil else { return }
        number = registry.enter(context.channel, from: PeerAddress.key(context.remoteAddress))
        guard number == nil else { return }
        ErrorResponse.refuse(.unavailable("The daemon has too many connections already; try again."), context)
    }

    private func leave() {
        if let number { registry.leave(number) }
        number = nil
    }
}
