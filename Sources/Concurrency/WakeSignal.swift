/// Wakes one waiting loop, from anywhere. Notifications that the loop has not seen yet become one.
public final class WakeSignal: Sendable {
    private let notifications: AsyncStream<Void>
    private let sender: AsyncStream<Void>.Continuation

    public init() {
        (notifications, sender) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    public func notify() {
        sender.yield()
    }

    /// Returns at the next notification, after `most` at the latest, or when the task is cancelled.
    ///
    /// - Parameter most: nil waits without a limit.
    public func wait(atMost most: Duration?, clock: any Clock<Duration>) async {
        await withTaskGroup(of: Void.self) { group in
            if let most {
                group.addTask {
                    // A wait that was cut short must not wake a later one.
                    guard (try? await clock.sleep(for: most)) != nil else { return }
                    self.notify()
                }
            }
            var iterator = notifications.makeAsyncIterator()
            await iterator.next()
            group.cancelAll()
        }
    }
}
