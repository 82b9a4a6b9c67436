import Files
import FoundationEssentials
import Synchronization

/// What files held when they were read, so that none is read again for it while it stays as it is; and where contents were seen.
package final class ContentRegistry: Sendable {
    private struct State {
        var contents: [FileStamp: String] = [:]
        var order: [FileStamp] = []
        /// Where each content was seen last.
        var places: [String: String] = [:]
        var seen: [String] = []
    }

    private let most: Int
    private let now: @Sendable () -> Date
    private let state = Mutex(State())

    /// File systems count changes in steps of up to 10 ms. A file that changed less than this before it was read could change again
    /// within the same step, and its stamp would not tell.
    private static let coarsestStep = 0.03

    /// - Parameters:
    ///   - most: files that are remembered; the oldest are forgotten.
    ///   - now: the clock of the file systems.
    package init(most: Int = 100_000, now: @escaping @Sendable () -> Date = { Date() }) {
        self.most = most
        self.now = now
    }

    /// The content of a file; nil if it was not read as it is now.
    func known(_ file: HeldFile) -> String? {
        guard let content = state.withLock({ $0.contents[file.stamp] }) else { return nil }
        see(content, at: file.path)
        return content
    }

    /// The SHA-256 of a file, which is read unless it is known. Blocks.
    ///
    /// - Parameter isCancelled: asked between pieces; what it stops throws `CancellationError`.
    /// - Throws: `FileError`; `SourceError` for a file that is written to while it is read.
    package func content(of file: HeldFile, isCancelled: () -> Bool) throws -> String {
        if let content = known(file) { return content }
        let begin = now().timeIntervalSince1970
        let content = try ContentHash.of(file, isCancelled: isCancelled)
        guard file.isUnchanged else { throw SourceError(.changed, file.path) }
        if Double(file.stamp.changedNanoseconds) / 1e9 + Self.coarsestStep < begin { note(content, of: file.stamp) }
        see(content, at: file.path)
        return content
    }

    /// Where a file with this content was seen last.
    package func place(of content: String) -> String? {
        state.withLock { $0.places[content] }
    }

    private func note(_ content: String, of stamp: FileStamp) {
        state.withLock { state in
            if state.contents.updateValue(content, forKey: stamp) == nil { state.order.append(stamp) }
            for oldest in Self.removeOldest(of: &state.order, beyond: most) { state.contents[oldest] = nil }
        }
    }

    private func see(_ content: String, at path: String) {
        state.withLock { state in
            if state.places.updateValue(path, forKey: content) == nil { state.seen.append(content) }
            for oldest in Self.removeOldest(of: &state.seen, beyond: most) { state.places[oldest] = nil }
        }
    }

    /// Several at once, since removing from the front of an array moves all that is behind.
    private static func removeOldest<Element>(of all: inout [Element], beyond most: Int) -> [Element] {
        guard all.count > most else { return [] }
        let oldest = Array(all.prefix(max(1, most / 16)))
        all.removeFirst(oldest.count)
        return oldest
    }
}
