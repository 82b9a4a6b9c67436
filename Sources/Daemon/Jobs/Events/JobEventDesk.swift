import DaemonConfiguration
import Foundation
import Jobs
import ServiceLifecycle
import Synchronization
import Telemetry

/// Tells of jobs' ends whoever their watches name: each at their own pace, none at the jobs'.
///
/// It has to outlast the jobs when the daemon stops: what they still say is told, within a few seconds.
final class JobEventDesk: Service {
    private typealias Dispatcher = EventDispatcher<JobEvent>

    private struct State {
        /// By the watches' names.
        var dispatchers: [String: (settings: JobEventSettings, dispatcher: Dispatcher)] = [:]
        var isFinished = false
    }

    private let watches: DropFolderRegistry
    private let warnings: RepeatedWarnings
    private let clock: any Clock<Duration>
    private let mqtt: MQTTBoard?
    private let state = Mutex(State())
    private let arrivals: AsyncStream<Dispatcher>
    private let entrance: AsyncStream<Dispatcher>.Continuation

    /// - Parameter mqtt: receives the events of all drop folders; nil without a broker.
    init(
        watches: DropFolderRegistry, warnings: RepeatedWarnings, clock: any Clock<Duration> = ContinuousClock(),
        mqtt: MQTTBoard? = nil
    ) {
        self.watches = watches
        self.warnings = warnings
        self.clock = clock
        self.mqtt = mqtt
        (arrivals, entrance) = AsyncStream.makeStream(of: Dispatcher.self)
    }

    /// Tells of a job's end; never waits.
    func tell(_ job: Job) {
        guard let watch = watches[job.watch], watch.events.states.contains(job.state), let event = JobEvent(job) else {
            return
        }
        dispatcher(of: watch)?.add(event)
    }

    /// The watch's, made anew where its settings are others than before; nil where nobody is to be told any more.
    private func dispatcher(of watch: DropFolderSettings) -> Dispatcher? {
        state.withLock { state in
            guard !state.isFinished else { return nil }
            if let (settings, dispatcher) = state.dispatchers[watch.name] {
                if settings == watch.events { return dispatcher }
                dispatcher.finish()
                state.dispatchers[watch.name] = nil
            }
            var sinks = watch.events.sinks(clock: clock)
            if let mqtt { sinks.append(MQTTJobEvents(board: mqtt)) }
            guard !sinks.isEmpty else { return nil }
            let dispatcher = Dispatcher(sinks: sinks, warnings: warnings, clock: clock)
            state.dispatchers[watch.name] = (watch.events, dispatcher)
            entrance.yield(dispatcher)
            return dispatcher
        }
    }

    func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for await dispatcher in arrivals {
                    group.addTask { await dispatcher.tellUntilFinished() }
                }
            }
        } onGracefulShutdown: {
            self.finish()
        }
    }

    /// No more ends come; what waits is still told.
    private func finish() {
        let dispatchers = state.withLock { state in
            state.isFinished = true
            return state.dispatchers.values.map(\.dispatcher)
        }
        for dispatcher in dispatchers { dispatcher.finish() }
        entrance.finish()
    }
}

extension JobEventSettings {
    /// Those who are told.
    func sinks(clock: any Clock<Duration>) -> [any EventSink<JobEvent>] {
        var sinks: [any EventSink<JobEvent>] = []
        if let file { sinks.append(EventFile<JobEvent>(path: file)) }
        // The configuration has checked the address.
        if let webhook, let address = WebhookAddress(webhook.text) {
            sinks.append(Webhook<JobEvent>(address, trust: trust, clock: clock))
        }
        if let hook { sinks.append(EventHook<JobEvent>(path: hook, clock: clock)) }
        return sinks
    }
}
