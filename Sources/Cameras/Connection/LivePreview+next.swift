import Pipeline

extension LivePreview {
    /// The next picture; nil if none comes in time, the preview ends or the task is cancelled.
    package func next(within patience: Duration, clock: any Clock<Duration>) async -> PreviewPicture? {
        let pictures = pictures()
        return await withTaskGroup(of: PreviewPicture?.self) { group in
            group.addTask {
                var iterator = pictures.makeAsyncIterator()
                return await iterator.next()
            }
            group.addTask {
                try? await clock.sleep(for: patience)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}
