@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService

extension DropFolderSettings {
    /// A drop folder with the defaults of the configuration.
    static func sample(_ folder: String) -> DropFolderSettings {
        DropFolderSettings(
            name: "in", folder: folder, output: "/out", failed: "/failed", source: .keep, done: "/done", settle: 5,
            rescan: 30, attempts: 3, backoff: 10, longestVideo: 90_000, jobTimeout: 172_800, largestFile: 1 << 38,
            priority: 0, container: .mp4, annotation: AnnotationSettings())
    }
}
