import Concurrency
import DaemonConfiguration
import Files
import Glibc
import JobService
import Pipeline

/// Checks whether drop folders can be used. A file server that does not respond blocks only a dedicated thread and the
/// caller.
enum FolderCheck {
    /// The drop folders that cannot be read, by name, with the reasons.
    static func problems(_ dropFolders: [DropFolderSettings]) async -> [String: String] {
        let problems = try? await DedicatedThread.run(name: "http folders", onCancel: {}) {
            dropFolders.map { ($0.name, readProblem($0.folder)?.description) }
        }
        return Dictionary(
            (problems ?? []).compactMap { name, text in text.map { (name, $0) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// All problems of drop folders, each as text: folders that cannot be read or written.
    static func allProblems(_ dropFolders: [DropFolderSettings]) async -> [String] {
        let problems = try? await DedicatedThread.run(name: "http folders", onCancel: {}) {
            dropFolders.flatMap { dropFolder in
                Self.problems(of: dropFolder).map { "folder \(dropFolder.name): \($0.description)" }
            }
        }
        return problems ?? []
    }

    private static func problems(of dropFolder: DropFolderSettings) -> [DropFolderError] {
        var problems = [
            readProblem(dropFolder.folder), FolderProbe.problem(dropFolder.output),
            FolderProbe.problem(dropFolder.failed),
        ]
        if dropFolder.source != .keep { problems.append(FolderProbe.removalProblem(in: dropFolder.folder)) }
        if dropFolder.source == .move { problems.append(FolderProbe.problem(dropFolder.done)) }
        return problems.compactMap(\.self)
    }

    private static func readProblem(_ folder: String) -> DropFolderError? {
        guard let directory = opendir(folder) else {
            return DropFolderError(folder: folder, action: "cannot be read", systemError: errno)
        }
        closedir(directory)
        return nil
    }
}

/// Checks whether files can be written, by writing one: permissions are not enough, since the disk may be full or
/// failing.
enum FolderProbe {
    /// The size of the test file in bytes, for which a full disk has no room.
    private static let size = 4096

    /// Why nothing can be written to a folder that the daemon creates if it is missing; nil if it can. Blocks.
    static func problem(_ folder: String) -> DropFolderError? {
        var status = stat()
        guard stat(folder.fileBytes, &status) != 0, errno == ENOENT else { return writeProblem(folder) }
        let parent = String(FileName.split(folder).folder.dropLast())
        return writeProblem(parent.isEmpty ? "/" : parent).map {
            DropFolderError(folder: folder, action: "cannot be created", systemError: $0.systemError)
        }
    }

    /// Why files cannot be moved out of a folder; nil if they can.
    static func removalProblem(in folder: String) -> DropFolderError? {
        guard access(folder.fileBytes, W_OK | X_OK) == 0 else {
            return DropFolderError(folder: folder, action: "files cannot be moved out of it", systemError: errno)
        }
        return nil
    }

    private static func writeProblem(_ folder: String) -> DropFolderError? {
        let path = "\(folder)/.probe.\(String(UInt64.random(in: .min ... .max), radix: 16))\(TemporaryName.suffix)"
        let descriptor = open(path.fileBytes, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        var failure = errno
        if descriptor >= 0 {
            unlink(path.fileBytes)
            let bytes = [UInt8](repeating: 0, count: size)
            let isWritten = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) == $0.count }
            failure = isWritten ? 0 : errno
            close(descriptor)
        }
        guard failure != 0 else { return nil }
        return DropFolderError(folder: folder, action: "cannot be written", systemError: failure)
    }
}
