import Concurrency
import DaemonConfiguration
import Files
import Jobs
import Logging
import ServiceLifecycle
import Synchronization

/// Runs a `DropFolder` for each configured drop folder. A reload restarts only those whose settings changed.
package final class DropFolderSupervisor: Service {
    private let registry: DropFolderRegistry
    private let makeFolder: @Sendable (DropFolderSettings) -> DropFolder
    private let wakeSignal = WakeSignal()
    private let folders = Mutex<[String: DropFolder]>([:])

    /// - Parameter makeFolder: creates a drop folder that does not run yet.
    package init(registry: DropFolderRegistry, makeFolder: @escaping @Sendable (DropFolderSettings) -> DropFolder) {
        self.registry = registry
        self.makeFolder = makeFolder
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
                // A large file that is being read need not be read to its end.
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.wakeSignal.notify()
        }
    }

    /// Applies new settings.
    package func replace(_ dropFolders: [DropFolderSettings]) {
        registry.replace(dropFolders)
        wakeSignal.notify()
    }

    /// Makes a drop folder scan its folder now.
    package func rescan(_ name: String) {
        folders.withLock { $0[name] }?.rescan()
    }

    /// The state of the files in a drop folder, with the reasons; nil if no such drop folder runs. Blocks.
    ///
    /// - Parameter file: the path of one file below the folder; nil for all.
    package func report(_ name: String, file: String?) throws(FileError) -> [FileReport]? {
        guard let folder = folders.withLock({ $0[name] }) else { return nil }
        return try folder.report(file)
    }

    /// The object that runs each drop folder; a restarted drop folder has a new one.
    var identities: [String: ObjectIdentifier] {
        folders.withLock { $0.mapValues(ObjectIdentifier.init) }
    }

    /// Stops drop folders that were removed or changed; returns those to be started.
    private func restart() -> [DropFolder] {
        let wanted = registry.all
        return folders.withLock { folders in
            for (name, folder) in folders where !wanted.contains(folder.dropFolder) {
                folder.stop()
                folders[name] = nil
            }
            let new = wanted.filter { folders[$0.name] == nil }.map(makeFolder)
            for folder in new { folders[folder.dropFolder.name] = folder }
            return new
        }
    }
}

/// The configured drop folders; a reload replaces them while jobs run.
package final class DropFolderRegistry: Sendable {
    private let dropFolders: Mutex<[DropFolderSettings]>

    package init(_ dropFolders: [DropFolderSettings]) {
        self.dropFolders = Mutex(dropFolders)
    }

    package var all: [DropFolderSettings] { dropFolders.withLock { $0 } }

    /// Nil if no drop folder has this name, or no longer.
    package subscript(name: String?) -> DropFolderSettings? {
        dropFolders.withLock { $0.first { $0.name == name } }
    }

    package func replace(_ new: [DropFolderSettings]) {
        dropFolders.withLock { $0 = new }
    }
}
