import Concurrency
import DaemonConfiguration
import FoundationEssentials
import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Pipeline
import ServiceLifecycle

/// Serves the HTTP interface until the daemon stops.
package struct HTTPService: Service {
    let settings: HTTPSettings
    let dependencies: HTTPDependencies
    let limits: HTTPLimits
    /// Called with the port once requests are answered.
    let onListening: @Sendable (Int) -> Void
    package let tokens: TokenRegistry

    /// Blocks: reads the tokens.
    ///
    /// - Throws: `SettingsError` for a token that cannot be used.
    package init(settings: HTTPSettings, dependencies: HTTPDependencies) throws(SettingsError) {
        try self.init(settings: settings, dependencies: dependencies, limits: HTTPLimits())
    }

    /// Blocks: reads the tokens.
    ///
    /// - Throws: `SettingsError` for a token that cannot be used.
    init(
        settings: HTTPSettings, dependencies: HTTPDependencies, limits: HTTPLimits = HTTPLimits(),
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws(SettingsError) {
        self.settings = settings
        self.dependencies = dependencies
        self.limits = limits
        self.onListening = onListening
        tokens = try TokenRegistry(settings)
    }

    /// All routes.
    var routes: [Route] {
        let routeGroups: [[Route]] = [
            HealthRoutes(dependencies: dependencies).routes,
            PauseRoutes(dependencies: dependencies).routes,
            JobRoutes(dependencies: dependencies).routes,
            ResultRoutes(dependencies: dependencies).routes,
            FolderRoutes(dependencies: dependencies, largestUpload: settings.largestUpload).routes,
            ModelRoutes(dependencies: dependencies).routes,
            CameraRoutes(dependencies: dependencies).routes,
        ]
        return routeGroups.flatMap(\.self)
    }

    package func run() async throws {
        try await DedicatedThread.run(name: "uploads", onCancel: {}) { [registry = dependencies.registry] in
            for dropFolder in registry.all { UploadFile.removeLeftovers(in: dropFolder.folder) }
        }
        let (clock, limits) = (dependencies.clock, limits)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await serve() }
            // A slow reader must not keep the daemon from stopping.
            group.addTask {
                try await gracefulShutdown()
                try await clock.sleep(for: limits.shutdown)
            }
            try await group.next()
            group.cancelAll()
        }
    }

    private func serve() async throws {
        // Hummingbird logs every request and connection; the daemon logs only problems.
        var log = dependencies.log
        log.logLevel = .error
        let application = Application(
            responder: APIResponder(
                routes: routes, tokens: tokens, slots: RequestSlots(limits), limits: limits, log: dependencies.log,
                warnings: dependencies.warnings),
            server: .http1(configuration: channel),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.address, port: settings.port), serverName: "saliencyd",
                availableConnectionsDelegate: MaximumAvailableConnections(
                    limits.connections + Self.transientConnections, logger: log)),
            onServerRunning: { [dependencies, onListening, address = settings.address] channel in
                let port = channel.localAddress?.port ?? 0
                dependencies.log.notice("answering over HTTP", metadata: ["address": "\(address)", "port": "\(port)"])
                onListening(port)
            }, logger: log)
        do {
            try await application.run()
        } catch let error as IOError {
            throw ListeningError(address: settings.address, port: settings.port, systemError: error.errnoCode)
        } catch is CancellationError {
            // The time for a graceful stop was over.
        }
    }

    /// Connections accepted beyond the limit, which replace others or are rejected; further ones wait in the system's
    /// queue meanwhile.
    private static let transientConnections = 32

    private var channel: HTTP1Channel.Configuration {
        let registry = ConnectionRegistry(limit: limits.connections, maximumOfOnePeer: limits.connectionsOfOnePeer)
        return HTTP1Channel.Configuration(
            additionalChannelHandlers: [
                ConnectionRegistryHandler(registry: registry), HeadDeadlineHandler(timeout: limits.requestHead),
                MalformedRequestHandler(), ConnectionEndHandler(),
                IdleStateHandler(allTimeout: TimeAmount(limits.connectionIdle)), ConnectionIdleHandler(),
            ],
            idleTimeout: TimeAmount(limits.requestIdle),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
                maxHeaderFieldCount: limits.headers))
    }
}

/// The server cannot listen on the address.
package struct ListeningError: Error, Sendable, Equatable, CustomStringConvertible {
    var address: String
    var port: Int
    /// An `errno` value.
    var systemError: Int32

    package var description: String {
        "\(address) port \(port): cannot be bound: \(String(cString: strerror(systemError))); "
            + "http.address and http.port say where"
    }
}
