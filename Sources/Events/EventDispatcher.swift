import Concurrency
import Logging
import ServiceLifecycle
import Synchronization
import Telemetry

/// Delivers events to sinks: each at its own pace, none at the pace of what the events come from.
///
/// It has to outlast what they come from when the daemon stops: what they still say is told, within a few seconds.
package final class EventDispatcher<Delivered: Event>: Service {
    private let tellers: [(sink: any EventSink<Delivered>, queue: EventQueue<Delivered>)]
    private let warnings: RepeatedWarnings
    private let clock: any Clock<Duration>
    private let finished = WakeSignal()

    /// What waits when the daemon stops has this long to reach its sinks.
    package static var grace: Duration { .seconds(5) }

    /// - Parameter sinks: told side by side.
    package init(
        sinks: [any EventSink<Delivered>], warnings: RepeatedWarnings, clock: any Clock<Duration> = ContinuousClock()
    ) {
        tellers = sinks.map { ($0, EventQueue<Delivered>(name: $0.name, capacity: $0.capacity)) }
        self.warnings = warnings
        self.clock = clock
    }

    /// Takes an event; never waits.
    package func add(_ event: Delivered) {
        for (_, queue) in tellers { queue.add(event) }
    }

    /// Events that a sink did not receive.
    package var lost: Int { tellers.reduce(0) { $0 + $1.queue.lost } }

    package func run() async throws {
        await withGracefulShutdownHandler {
            await deliverUntilFinished()
        } onGracefulShutdown: {
            self.finish()
        }
    }

    /// Tells until `finish`, and then for a little while what still waits.
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

    /// No more events come.
    package func finish() {
        finished.notify()
        for (_, queue) in tellers { queue.finish() }
    }

    private func deliverAll() async {
        await withDiscardingTaskGroup { group in
            for (sink, queue) in tellers {
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
