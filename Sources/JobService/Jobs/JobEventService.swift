import DaemonConfiguration
import Events
import FoundationEssentials
import Jobs
import ServiceLifecycle
import Synchronization
import Telemetry

/// Delivers the ends of jobs to the sinks that their drop folders name, each at its own pace and without delaying jobs.
///
/// When the daemon stops, it must stop after the jobs: their last events are delivered within a few seconds.
package final class JobEventService: Service {
    private typealias Dispatcher = EventDispatcher<JobEvent>

    private struct State {
        /// Dispatchers by drop folder names.
        var dispatchers: [String: (settings: JobEventSettings, dispatcher: Dispatcher)] = [:]
        var isFinished = false
    }

    private let dropFolders: DropFolderRegistry
    private let warnings: RepeatedWarnings
    private let clock: any Clock<Duration>
    private let sinks: [any EventSink<JobEvent>]
    private let state = Mutex(State())
    private let newDispatchers: AsyncStream<Dispatcher>
    private let continuation: AsyncStream<Dispatcher>.Continuation

    /// - Parameter sinks: receive the events of all drop folders, in addition to the sinks of their own settings.
    package init(
        dropFolders: DropFolderRegistry, warnings: RepeatedWarnings, clock: any Clock<Duration> = ContinuousClock(),
        sinks: [any EventSink<JobEvent>] = []
    ) {
        self.dropFolders = dropFolders
        self.warnings = warnings
        self.clock = clock
        self.sinks = sinks
        (newDispatchers, continuation) = AsyncStream.makeStream(of: Dispatcher.self)
    }

    /// Delivers the end of a job; never waits.
    package func deliver(_ job: Job) {
        guard let dropFolder = dropFolders[job.dropFolder], dropFolder.events.states.contains(job.state),
            let event = JobEvent(job)
        else {
            return
        }
        dispatcher(of: dropFolder)?.add(event)
    }

    /// The drop folder's dispatcher, replaced if its settings have changed; nil if it has no sinks.
    private func dispatcher(of dropFolder: DropFolderSettings) -> Dispatcher? {
        state.withLock { state in
            guard !state.isFinished else { return nil }
            if let (settings, dispatcher) = state.dispatchers[dropFolder.name] {
                if settings == dropFolder.events { return dispatcher }
                dispatcher.finish()
                state.dispatchers[dropFolder.name] = nil
            }
            let settings = dropFolder.events
            let own: [any EventSink<JobEvent>] = EventSinks.make(
                file: settings.file, webhook: settings.webhook, trust: settings.trust, hook: settings.hook,
                clock: clock)
            let sinks = own + sinks
            guard !sinks.isEmpty else { return nil }
            let dispatcher = Dispatcher(sinks: sinks, warnings: warnings, clock: clock)
            state.dispatchers[dropFolder.name] = (dropFolder.events, dispatcher)
            continuation.yield(dispatcher)
            return dispatcher
        }
    }

    package func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for await dispatcher in newDispatchers {
                    group.addTask { await dispatcher.deliverUntilFinished() }
                }
            }
        } onGracefulShutdown: {
            self.finish()
        }
    }

    /// Called when no more events follow; waiting events are still delivered.
    private func finish() {
        let dispatchers = state.withLock { state in
            state.isFinished = true
            return state.dispatchers.values.map(\.dispatcher)
        }
        for dispatcher in dispatchers { dispatcher.finish() }
        continuation.finish()
    }
}
