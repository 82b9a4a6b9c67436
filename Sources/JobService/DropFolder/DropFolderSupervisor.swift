import Concurrency
import DaemonConfiguration
import Files
import Jobs
import Logging
import ServiceLifecycle
import Synchronization

/// Runs a `DropFolder` for each drop folder; a reload restarts those whose settings changed, and no others.
package final class DropFolderSupervisor: Service {
    private let registry: DropFolderRegistry
    private let make: @Sendable (DropFolderSettings) -> DropFolder
    private let wakeSignal = WakeSignal()
    private let folders = Mutex<[String: DropFolder]>([:])

    /// - Parameter make: a folder that does not run yet.
    package init(registry: DropFolderRegistry, make: @escaping @Sendable (DropFolderSettings) -> DropFolder) {
        self.registry = registry
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
    package func replace(_ dropFolders: [DropFolderSettings]) {
        registry.replace(dropFolders)
        wakeSignal.notify()
    }

    /// Makes a drop folder look at its folder now.
    package func look(_ name: String) {
        folders.withLock { $0[name] }?.look()
    }

    /// What becomes of the files in a drop folder, and why. Blocks; nil for a drop folder that does not run.
    ///
    /// - Parameter file: the path of one below the folder; nil for all.
    package func report(_ name: String, file: String?) throws(FileError) -> [FileReport]? {
        guard let folder = folders.withLock({ $0[name] }) else { return nil }
        return try folder.report(file)
    }

    /// Which object runs which drop folder: a restarted one is another.
    var identities: [String: ObjectIdentifier] {
        folders.withLock { $0.mapValues(ObjectIdentifier.init) }
    }

    /// Stops what is no longer wanted as it is; returns what is to run beside what stays.
    private func restart() -> [DropFolder] {
        let wanted = registry.all
        return folders.withLock { folders in
            for (name, folder) in folders where !wanted.contains(folder.dropFolder) {
                folder.stop()
                folders[name] = nil
            }
            let new = wanted.filter { folders[$0.name] == nil }.map(make)
            for folder in new { folders[folder.dropFolder.name] = folder }
            return new
        }
    }
}

/// The drop folders as they are set now; a reload changes them while jobs run.
package final class DropFolderRegistry: Sendable {
    private let dropFolders: Mutex<[DropFolderSettings]>

    package init(_ dropFolders: [DropFolderSettings]) {
        self.dropFolders = Mutex(dropFolders)
    }

    package var all: [DropFolderSettings] { dropFolders.withLock { $0 } }

    /// Nil for a name that is not that of a drop folder, or no longer.
    package subscript(name: String?) -> DropFolderSettings? {
        dropFolders.withLock { $0.first { $0.name == name } }
    }

    package func replace(_ new: [DropFolderSettings]) {
        dropFolders.withLock { $0 = new }
    }
}
