import Concurrency
import DaemonConfiguration
import Files
import Jobs
import Logging
import ServiceLifecycle
import Synchronization

/// Runs a `DropFolder` for each watch; a reload restarts those whose settings changed, and no others.
package final class DropFolderSupervisor: Service {
    private let book: DropFolderRegistry
    private let make: @Sendable (DropFolderSettings) -> DropFolder
    private let wakeSignal = WakeSignal()
    private let folders = Mutex<[String: DropFolder]>([:])

    /// - Parameter make: a folder that does not run yet.
    package init(book: DropFolderRegistry, make: @escaping @Sendable (DropFolderSettings) -> DropFolder) {
        self.book = book
        self.make = make
    }

    package func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                while !Task.isShuttingDownGracefully, !Task.isCancelled {
                    for folder in restart() {
                        group.addTask { await folder.run() }
                    }
                    await wakeSignal.wait(atMost: nil, clock: ContinuousClock())
                }
                for folder in folders.withLock({ Array($0.values) }) { folder.stop() }
                // A large file that is just being looked at need not be read to its end.
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.wakeSignal.notify()
        }
    }

    /// Goes over to other settings.
    package func replace(_ watches: [DropFolderSettings]) {
        book.replace(watches)
        wakeSignal.notify()
    }

    /// Makes a watch look at its folder now.
    package func look(_ name: String) {
        folders.withLock { $0[name] }?.look()
    }

    /// What becomes of the files in a watch's folder, and why. Blocks; nil for a watch that does not run.
    ///
    /// - Parameter file: the path of one below the folder; nil for all.
    package func report(_ name: String, file: String?) throws(FileError) -> [FileReport]? {
        guard let folder = folders.withLock({ $0[name] }) else { return nil }
        return try folder.report(file)
    }

    /// Which object runs which watch: a restarted one is another.
    var identities: [String: ObjectIdentifier] {
        folders.withLock { $0.mapValues(ObjectIdentifier.init) }
    }

    /// Stops what is no longer wanted as it is; returns what is to run beside what stays.
    private func restart() -> [DropFolder] {
        let wanted = book.all
        return folders.withLock { folders in
            for (name, folder) in folders where !wanted.contains(folder.watch) {
                folder.stop()
                folders[name] = nil
            }
            let new = wanted.filter { folders[$0.name] == nil }.map(make)
            for folder in new { folders[folder.watch.name] = folder }
            return new
        }
    }
}

/// The watches as they are set now; a reload changes them while jobs run.
package final class DropFolderRegistry: Sendable {
    private let watches: Mutex<[DropFolderSettings]>

    package init(_ watches: [DropFolderSettings]) {
        self.watches = Mutex(watches)
    }

    package var all: [DropFolderSettings] { watches.withLock { $0 } }

    /// Nil for a name that is not watched, or no longer.
    package subscript(name: String?) -> DropFolderSettings? {
        watches.withLock { $0.first { $0.name == name } }
    }

    package func replace(_ new: [DropFolderSettings]) {
        watches.withLock { $0 = new }
    }
}
