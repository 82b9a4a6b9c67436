/// Wakes one waiting loop, from anywhere. Rings that nobody has heard yet become one.
final class Doorbell: Sendable {
    private let rings: AsyncStream<Void>
    private let button: AsyncStream<Void>.Continuation

    init() {
        (rings, button) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    func ring() {
        button.yield()
    }

    /// Returns at the next ring, after `most` at the latest, or when the task is cancelled.
    ///
    /// - Parameter most: nil for as long as it takes.
    func wait(atMost most: Duration?, clock: any Clock<Duration>) async {
        await withTaskGroup(of: Void.self) { group in
            if let most {
                group.addTask {
                    // A wait that was cut short rings for nobody.
                    guard (try? await clock.sleep(for: most)) != nil else { return }
                    self.ring()
                }
            }
            var iterator = rings.makeAsyncIterator()
            await iterator.next()
            group.cancelAll()
        }
    }
}
