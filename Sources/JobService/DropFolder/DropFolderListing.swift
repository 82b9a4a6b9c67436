import DaemonConfiguration
import Files
import Glibc

/// One look at a drop folder.
struct DropFolderListing: Sendable {
    /// The files that may be taken, by name.
    private(set) var files: [DroppedFile] = []
    /// The folders that were looked through, each by its path below the drop folder; "" is that itself.
    private(set) var folders: [String] = []
    /// What is not taken, and why; only if it was asked for.
    private(set) var passedOver: [(name: String, reason: String)] = []

    private let dropFolder: DropFolderSettings
    private let keepsPassedOver: Bool

    /// Files that one look takes in; the rest waits until some of these are done.
    private static let most = 100_000
    /// Levels of folders in folders that are looked through.
    private static let deepest = 32

    /// Blocks.
    ///
    /// - Throws: `FileError` where the folder is gone or may not be read.
    init(_ dropFolder: DropFolderSettings, keepsPassedOver: Bool = false) throws(FileError) {
        self.dropFolder = dropFolder
        self.keepsPassedOver = keepsPassedOver
        try read(HeldFolder(dropFolder.folder), below: "", depth: 0)
        files.sort { $0.name < $1.name }
    }

    private mutating func read(_ folder: HeldFolder, below prefix: String, depth: Int) throws(FileError) {
        folders.append(String(prefix.dropLast()))
        for name in try folder.names() where files.count < Self.most {
            let path = prefix + name
            // By the name where that is enough: it spares a look at each of very many files.
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
        guard depth < Self.deepest else { return pass(path, "it lies more than \(Self.deepest) folders deep") }
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

/// A file in a drop folder, as one look at it found it.
package struct DroppedFile: Sendable, Hashable {
    package typealias Stamp = FileStamp

    /// Its path below the folder.
    package var name: String
    var stamp: Stamp

    package init(name: String, stamp: Stamp) {
        self.name = name
        self.stamp = stamp
    }

    /// Nil if it is not a regular file, and for what is gone. A link could lead anywhere; what it leads to was not
    /// dropped here.
    package init?(folder: HeldFolder, name: String) {
        guard case .file(let stamp) = folder.entry(name) else { return nil }
        self.init(name: name, stamp: stamp)
    }
}

/// Why a drop folder cannot be used at the moment.
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
