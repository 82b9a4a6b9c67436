import Pipeline

extension LivePreview {
    /// The next image; nil if none arrives in time, the preview ends or the task is cancelled.
    package func next(within timeout: Duration, clock: any Clock<Duration>) async -> PreviewImage? {
        let images = images()
        return await withTaskGroup(of: PreviewImage?.self) { group in
            group.addTask {
                var iterator = images.makeAsyncIterator()
                return await iterator.next()
            }
            group.addTask {
                try? await clock.sleep(for: timeout)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}
