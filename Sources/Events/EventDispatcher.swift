import Concurrency
import Logging
import ServiceLifecycle
import Synchronization
import Telemetry

/// Delivers events to sinks, each at its own pace, without delaying the source of the events.
///
/// When the daemon stops, it must stop after the source of the events: its last events are delivered within a few
/// seconds.
package final class EventDispatcher<Delivered: Event>: Service {
    private let deliveries: [(sink: any EventSink<Delivered>, queue: EventQueue<Delivered>)]
    private let warnings: RepeatedWarnings
    private let clock: any Clock<Duration>
    private let finished = WakeSignal()

    /// The time for delivering the events that wait when the daemon stops.
    package static var grace: Duration { .seconds(5) }

    /// - Parameter sinks: receive events in parallel.
    package init(
        sinks: [any EventSink<Delivered>], warnings: RepeatedWarnings, clock: any Clock<Duration> = ContinuousClock()
    ) {
        deliveries = sinks.map { ($0, EventQueue<Delivered>(name: $0.name, capacity: $0.capacity)) }
        self.warnings = warnings
        self.clock = clock
    }

    /// Adds an event; never waits.
    package func add(_ event: Delivered) {
        for (_, queue) in deliveries { queue.add(event) }
    }

    /// The number of events that were not delivered, over all sinks.
    package var lost: Int { deliveries.reduce(0) { $0 + $1.queue.lost } }

    package func run() async throws {
        await withGracefulShutdownHandler {
            await deliverUntilFinished()
        } onGracefulShutdown: {
            self.finish()
        }
    }

    /// Delivers events until `finish`, and then, for at most `grace`, those that still wait.
    package func deliverUntilFinished() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.deliverAll() }
            group.addTask {
                await self.finished.wait(atMost: nil, clock: self.clock)
                try? await self.clock.sleep(for: Self.grace)
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// Call when no more events follow.
    package func finish() {
        finished.notify()
        for (_, queue) in deliveries { queue.finish() }
    }

    private func deliverAll() async {
        await withDiscardingTaskGroup { group in
            for (sink, queue) in deliveries {
                group.addTask {
                    for await event in queue.events {
                        do {
                            try await sink.deliver(event)
                        } catch {
                            queue.recordLoss()
                            let (kind, name) = event.origin
                            self.warnings.warn(
                                "event \(kind) \(name) \(sink.name)", "an event was not delivered: \(error)",
                                metadata: [kind: "\(name)", "to": "\(sink.name)"])
                        }
                    }
                }
            }
        }
    }
}
