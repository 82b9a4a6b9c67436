/// Wakes one waiting loop; any thread or task may call `notify`. Notifications that the loop has not received yet are
/// merged into one.
public final class WakeSignal: Sendable {
    private let notifications: AsyncStream<Void>
    private let sender: AsyncStream<Void>.Continuation

    public init() {
        (notifications, sender) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    public func notify() {
        sender.yield()
    }

    /// Returns at the next notification, after `limit` at the latest, or when the task is cancelled.
    ///
    /// - Parameter limit: nil waits without a limit.
    public func wait(atMost limit: Duration?, clock: any Clock<Duration>) async {
        await withTaskGroup(of: Void.self) { group in
            if let limit {
                group.addTask {
                    // A sleep that was cancelled must not notify a later wait.
                    guard (try? await clock.sleep(for: limit)) != nil else { return }
                    self.notify()
                }
            }
            var iterator = notifications.makeAsyncIterator()
            await iterator.next()
            group.cancelAll()
        }
    }
}
