import Concurrency
import DaemonConfiguration
import Logging
import Pipeline

extension DaemonServices {
    /// The services over HTTP.
    ///
    /// - Parameter metricsText: the metrics as Prometheus reads them.
    /// - Throws: `SettingsError` for a token that cannot be used.
    func http(
        _ settings: HTTPSettings, model: LoadedModel, log: Logger, metricsText: @escaping @Sendable () -> String
    ) async throws -> HTTPService {
        let dependencies = HTTPDependencies(
            desk: desk, running: running, book: book, holdBook: holds, look: { [supervisor] in supervisor.look($0) },
            files: { [supervisor] in try supervisor.report($0, file: $1) },
            model: model.description, labels: model.manifest.labels, metricsText: metricsText,
            cameras: { [cameras] in cameras.book.all.map(CameraView.init) }, clock: ContinuousClock(),
            warnings: warnings, log: log)
        return try await DedicatedThread.run(name: "token", onCancel: {}) {
            try HTTPService(settings: settings, dependencies: dependencies)
        }
    }
}
