import Concurrency
import DaemonConfiguration
import Glibc
import Pipeline

/// Whether the folders of watches can be used. A file server that does not answer holds up a thread of its own and the caller,
/// nothing else.
enum FolderCheck {
    /// Why a watch's folder cannot be read, for each watch of which that is so, by its name.
    static func problems(_ watches: [DropFolderSettings]) async -> [String: String] {
        let problems = try? await DedicatedThread.run(name: "http folders", onCancel: {}) {
            watches.map { ($0.name, reading($0.folder)?.description) }
        }
        return Dictionary(
            (problems ?? []).compactMap { name, text in text.map { (name, $0) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// Everything that keeps watches from their work, each in words: what cannot be read, and what cannot be written.
    static func everything(_ watches: [DropFolderSettings]) async -> [String] {
        let problems = try? await DedicatedThread.run(name: "http folders", onCancel: {}) {
            watches.flatMap { watch in
                Self.problems(of: watch).map { "folder \(watch.name): \($0.description)" }
            }
        }
        return problems ?? []
    }

    private static func problems(of watch: DropFolderSettings) -> [DropFolderError] {
        var problems = [reading(watch.folder), FolderProbe.problem(watch.output), FolderProbe.problem(watch.failed)]
        if watch.source != .keep { problems.append(FolderProbe.removing(from: watch.folder)) }
        if watch.source == .move { problems.append(FolderProbe.problem(watch.done)) }
        return problems.compactMap(\.self)
    }

    private static func reading(_ folder: String) -> DropFolderError? {
        guard let directory = opendir(folder) else {
            return DropFolderError(folder: folder, action: "cannot be read", systemError: errno)
        }
        closedir(directory)
        return nil
    }
}
