import DaemonConfiguration
import Files
import Glibc

/// One listing of a drop folder.
struct DropFolderListing: Sendable {
    /// The files that may become jobs, sorted by name.
    private(set) var files: [DroppedFile] = []
    /// The folders that were listed, each as a path below the drop folder; "" is the drop folder itself.
    private(set) var folders: [String] = []
    /// Entries that are not taken, with the reason; only if requested.
    private(set) var passedOver: [(name: String, reason: String)] = []

    private let dropFolder: DropFolderSettings
    private let keepsPassedOver: Bool

    /// The maximum number of files in one listing; the others wait until some of these are done.
    private static let maximumFiles = 100_000
    /// The maximum depth of subfolders that are listed.
    private static let maximumDepth = 32

    /// Blocks.
    ///
    /// - Throws: `FileError` if the folder is missing or may not be read.
    init(_ dropFolder: DropFolderSettings, keepsPassedOver: Bool = false) throws(FileError) {
        self.dropFolder = dropFolder
        self.keepsPassedOver = keepsPassedOver
        try read(HeldFolder(dropFolder.folder), below: "", depth: 0)
        files.sort { $0.name < $1.name }
    }

    private mutating func read(_ folder: HeldFolder, below prefix: String, depth: Int) throws(FileError) {
        folders.append(String(prefix.dropLast()))
        for name in try folder.names() where files.count < Self.maximumFiles {
            let path = prefix + name
            // Decided by the name alone if possible, which avoids a system call for each of very many files.
            if let reason = dropFolder.names.refusal(path) {
                pass(path, reason)
                continue
            }
            let refusal = dropFolder.names.fileRefusal(path)
            if let refusal, !dropFolder.hasSubfolders {
                pass(path, refusal)
                continue
            }
            switch folder.entry(name) {
            case .file(let stamp):
                if let refusal { pass(path, refusal) } else { files.append(DroppedFile(name: path, stamp: stamp)) }
            case .folder: enter(folder, name, path, depth: depth)
            case .link: pass(path, "it is a link, and links are not followed")
            case .other: pass(path, "it is not a regular file")
            case nil: continue
            }
        }
    }

    private mutating func enter(_ parent: HeldFolder, _ name: String, _ path: String, depth: Int) {
        guard dropFolder.hasSubfolders else {
            return pass(path, "it is a folder; `subfolders: true` takes what lies in it")
        }
        guard depth < Self.maximumDepth else {
            return pass(path, "it lies more than \(Self.maximumDepth) folders deep")
        }
        do throws(FileError) {
            guard let folder = try parent.folder(name) else { return }
            try read(folder, below: path + "/", depth: depth + 1)
        } catch {
            pass(path, error.reason)
        }
    }

    private mutating func pass(_ name: String, _ reason: @autoclosure () -> String) {
        if keepsPassedOver { passedOver.append((name, reason())) }
    }
}

/// A file in a drop folder, as found by a listing.
package struct DroppedFile: Sendable, Hashable {
    package typealias Stamp = FileStamp

    /// The path below the folder.
    package var name: String
    var stamp: Stamp

    package init(name: String, stamp: Stamp) {
        self.name = name
        self.stamp = stamp
    }

    /// Nil if the file is missing or not a regular file. Links are not followed, because they may lead anywhere, to
    /// files that were not dropped here.
    package init?(folder: HeldFolder, name: String) {
        guard case .file(let stamp) = folder.entry(name) else { return nil }
        self.init(name: name, stamp: stamp)
    }
}

/// Why a drop folder cannot be used now.
package struct DropFolderError: Error, Sendable, Equatable, CustomStringConvertible {
    package var folder: String
    var action: String
    /// An `errno` value.
    package var systemError: Int32

    package init(
        folder: String, action: String, systemError: Int32
    ) {
        self.folder = folder
        self.action = action
        self.systemError = systemError
    }

    package var description: String { "\(folder): \(action): \(String(cString: strerror(systemError)))" }
}
