@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService

extension DropFolderSettings {
    /// A drop folder with the defaults of the configuration.
    static func sample(_ folder: String) -> DropFolderSettings {
        var dropFolder = DropFolderSettings(name: "in", folder: folder)
        dropFolder.output = "/out"
        dropFolder.failed = "/failed"
        dropFolder.done = "/done"
        return dropFolder
    }
}
