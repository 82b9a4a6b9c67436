import Concurrency
import DaemonConfiguration
import Files
import Glibc
import JobService
import Pipeline

/// Whether drop folders can be used. A file server that does not answer holds up a thread of its own and the caller,
/// nothing else.
enum FolderCheck {
    /// Why a drop folder cannot be read, for each drop folder of which that is so, by its name.
    static func problems(_ dropFolders: [DropFolderSettings]) async -> [String: String] {
        let problems = try? await DedicatedThread.run(name: "http folders", onCancel: {}) {
            dropFolders.map { ($0.name, reading($0.folder)?.description) }
        }
        return Dictionary(
            (problems ?? []).compactMap { name, text in text.map { (name, $0) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// Everything that keeps drop folders from their work, each in words: what cannot be read, and what cannot be
    /// written.
    static func everything(_ dropFolders: [DropFolderSettings]) async -> [String] {
        let problems = try? await DedicatedThread.run(name: "http folders", onCancel: {}) {
            dropFolders.flatMap { dropFolder in
                Self.problems(of: dropFolder).map { "folder \(dropFolder.name): \($0.description)" }
            }
        }
        return problems ?? []
    }

    private static func problems(of dropFolder: DropFolderSettings) -> [DropFolderError] {
        var problems = [
            reading(dropFolder.folder), FolderProbe.problem(dropFolder.output), FolderProbe.problem(dropFolder.failed),
        ]
        if dropFolder.source != .keep { problems.append(FolderProbe.removing(from: dropFolder.folder)) }
        if dropFolder.source == .move { problems.append(FolderProbe.problem(dropFolder.done)) }
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

/// Whether files can be written, found out by writing one. Permissions alone do not say so: the disk may be full or failing.
enum FolderProbe {
    /// Bytes: what a full disk has no room for.
    private static let size = 4096

    /// Why nothing can be written in a folder that the daemon makes where it is missing; nil if it can. Blocks.
    static func problem(_ folder: String) -> DropFolderError? {
        var status = stat()
        guard stat(folder.fileBytes, &status) != 0, errno == ENOENT else { return writing(folder) }
        let parent = String(FileName.split(folder).folder.dropLast())
        return writing(parent.isEmpty ? "/" : parent).map {
            DropFolderError(folder: folder, action: "cannot be created", systemError: $0.systemError)
        }
    }

    /// Why nothing can be taken out of a folder; nil if it can.
    static func removing(from folder: String) -> DropFolderError? {
        guard access(folder.fileBytes, W_OK | X_OK) == 0 else {
            return DropFolderError(folder: folder, action: "files cannot be moved out of it", systemError: errno)
        }
        return nil
    }

    private static func writing(_ folder: String) -> DropFolderError? {
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
