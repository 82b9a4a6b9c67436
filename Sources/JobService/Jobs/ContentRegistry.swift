import Files
import FoundationEssentials
import Synchronization

/// Remembers the content hashes of files, so that an unchanged file is not read again, and where each content was last
/// seen.
package final class ContentRegistry: Sendable {
    private struct State {
        var contents: [FileStamp: String] = [:]
        var order: [FileStamp] = []
        /// The path at which each content was last seen.
        var locations: [String: String] = [:]
        var locationOrder: [String] = []
    }

    private let capacity: Int
    private let now: @Sendable () -> Date
    private let state = Mutex(State())

    /// The granularity of file systems' time stamps is up to 10 ms. A file that changed less than this before it was
    /// read could change again with the same stamp.
    private static let timestampGranularity = 0.03

    /// - Parameters:
    ///   - capacity: the number of files that are remembered; the oldest are forgotten.
    ///   - now: the clock of the file systems' time stamps.
    package init(capacity: Int = 100_000, now: @escaping @Sendable () -> Date = { Date() }) {
        self.capacity = capacity
        self.now = now
    }

    /// The content hash of a file; nil if it has not been read in its present state.
    func known(_ file: HeldFile) -> String? {
        guard let content = state.withLock({ $0.contents[file.stamp] }) else { return nil }
        recordLocation(content, at: file.path)
        return content
    }

    /// The SHA-256 of a file, which is read unless its hash is known. Blocks.
    ///
    /// - Parameter isCancelled: called between chunks; if true, `CancellationError` is thrown.
    /// - Throws: `FileError`; `SourceError` if the file is written to while it is read.
    package func content(of file: HeldFile, isCancelled: () -> Bool) throws -> String {
        if let content = known(file) { return content }
        let begin = now().timeIntervalSince1970
        let content = try ContentHash.of(file, isCancelled: isCancelled)
        guard file.isUnchanged else { throw SourceError(.changed, file.path) }
        if Double(file.stamp.changedNanoseconds) / 1e9 + Self.timestampGranularity < begin {
            store(content, of: file.stamp)
        }
        recordLocation(content, at: file.path)
        return content
    }

    /// The path at which a file with this content was last seen.
    package func location(of content: String) -> String? {
        state.withLock { $0.locations[content] }
    }

    private func store(_ content: String, of stamp: FileStamp) {
        state.withLock { state in
            if state.contents.updateValue(content, forKey: stamp) == nil { state.order.append(stamp) }
            for oldest in Self.removeOldest(of: &state.order, beyond: capacity) { state.contents[oldest] = nil }
        }
    }

    private func recordLocation(_ content: String, at path: String) {
        state.withLock { state in
            if state.locations.updateValue(path, forKey: content) == nil { state.locationOrder.append(content) }
            for oldest in Self.removeOldest(of: &state.locationOrder, beyond: capacity) {
                state.locations[oldest] = nil
            }
        }
    }

    /// Removes several at once, because removing from the front of an array moves all other elements.
    private static func removeOldest<Element>(of all: inout [Element], beyond capacity: Int) -> [Element] {
        guard all.count > capacity else { return [] }
        let oldest = Array(all.prefix(max(1, capacity / 16)))
        all.removeFirst(oldest.count)
        return oldest
    }
}
