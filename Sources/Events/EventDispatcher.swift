import Concurrency
import Logging
import ServiceLifecycle
import Synchronization
import Telemetry

/// Tells everybody of events who is to be told: each at their own pace, none at the pace of what the events come from.
///
/// It has to outlast what they come from when the daemon stops: what they still say is told, within a few seconds.
package final class EventDispatcher<Told: Event>: Service {
    private let tellers: [(sink: any EventSink<Told>, queue: EventQueue<Told>)]
    private let warnings: RepeatedWarnings
    private let clock: any Clock<Duration>
    private let finished = WakeSignal()

    /// What waits when the daemon stops has so long to be told.
    package static var patience: Duration { .seconds(5) }

    /// - Parameter sinks: told side by side.
    package init(
        sinks: [any EventSink<Told>], warnings: RepeatedWarnings, clock: any Clock<Duration> = ContinuousClock()
    ) {
        tellers = sinks.map { ($0, EventQueue<Told>(name: $0.name, capacity: $0.capacity)) }
        self.warnings = warnings
        self.clock = clock
    }

    /// Takes an event; never waits.
    package func add(_ event: Told) {
        for (_, queue) in tellers { queue.add(event) }
    }

    /// Events that somebody was not told of.
    package var lost: Int { tellers.reduce(0) { $0 + $1.queue.lost } }

    package func run() async throws {
        await withGracefulShutdownHandler {
            await tellUntilFinished()
        } onGracefulShutdown: {
            self.finish()
        }
    }

    /// Tells until `finish`, and then for a little while what still waits.
    package func tellUntilFinished() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.tellAll() }
            group.addTask {
                await self.finished.wait(atMost: nil, clock: self.clock)
                try? await self.clock.sleep(for: Self.patience)
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// No more events come.
    package func finish() {
        finished.notify()
        for (_, queue) in tellers { queue.finish() }
    }

    private func tellAll() async {
        await withDiscardingTaskGroup { group in
            for (sink, queue) in tellers {
                group.addTask {
                    for await event in queue.events {
                        do {
                            try await sink.take(event)
                        } catch {
                            queue.lose()
                            let (kind, name) = event.origin
                            self.warnings.warn(
                                "event \(kind) \(name) \(sink.name)", "an event was not told: \(error)",
                                metadata: [kind: "\(name)", "to": "\(sink.name)"])
                        }
                    }
                }
            }
        }
    }
}
