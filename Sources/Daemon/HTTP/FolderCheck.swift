import Glibc
import Pipeline

/// Whether watched folders can be read.
enum FolderCheck {
    /// Why not, for each watch of which that is so, by its name. A file server that does not answer holds up a thread of its
    /// own and the caller, nothing else.
    static func problems(_ watches: [WatchSettings]) async -> [String: String] {
        let problems = try? await DedicatedThread.run(name: "http folders", onCancel: {}) {
            watches.map { ($0.name, problem($0.folder)) }
        }
        return Dictionary(
            (problems ?? []).compactMap { name, text in text.map { (name, $0) } },
            uniquingKeysWith: { first, _ in first })
    }

    private static func problem(_ folder: String) -> String? {
        guard let directory = opendir(folder) else {
            return DropFolderError(folder: folder, action: "cannot be read", systemError: errno).description
        }
        closedir(directory)
        return nil
    }
}
