import Glibc

/// Moves and deletes the file that was read, and never another file that has its name by now.
extension HeldFile {
    /// The suffix of files that are being removed. A process that is killed while removing a file leaves one behind,
    /// and `restoreRemoved` restores its name.
    public static let removedSuffix = ".saliencyd-removed"

    /// Deletes the file.
    ///
    /// - Throws: `FileError.Code.cannotWrite` if the file was changed since it was opened, or is no longer there; then
    ///   nothing is deleted.
    public func remove() throws(FileError) {
        guard isInPlace else { throw notInPlace }
        try unlinkEntry()
    }

    /// Moves the file into a folder under its own name or, if that exists, as NAME-2.mp4, NAME-3.mp4, …
    ///
    /// The destination is complete before the source is removed: it is a second link to the file or, across file
    /// systems, a synced copy.
    ///
    /// - Returns: the new path.
    /// - Throws: `FileError`; the file then stays where it was.
    public func move(into destination: String) throws(FileError) -> String {
        for number in 1...FileMove.maximumNames {
            let path = "\(destination)/\(FileMove.numbered(name, number))"
            do throws(FileError) {
                guard isInPlace else { throw notInPlace }
                try link(to: path)
                try unlinkEntry()
                return path
            } catch {
                guard error.code == .exists else { throw error }
            }
        }
        throw FileError(
            .exists, "\(destination)/\(name)", "exists already, and so do \(FileMove.maximumNames) names made from it")
    }

    /// Restores the names of files in a folder that a killed process was removing.
    public static func restoreRemoved(in folder: HeldFolder) {
        for hidden in (try? folder.names()) ?? [] where hidden.hasPrefix(".") && hidden.hasSuffix(removedSuffix) {
            guard case .file = folder.entry(hidden) else { continue }
            // ".clip.mp4.1f2e.saliencyd-removed"
            let parts = hidden.dropFirst().dropLast(removedSuffix.count).split(
                separator: ".", omittingEmptySubsequences: false)
            restore(hidden, as: parts.dropLast().joined(separator: "."), in: folder)
        }
    }

    private func link(to path: String) throws(FileError) {
        // Links the descriptor's file, not the file that has its name at this moment.
        if linkat(AT_FDCWD, descriptorPath, AT_FDCWD, path.fileBytes, AT_SYMLINK_FOLLOW) == 0 { return }
        switch errno {
        case EEXIST where isThisFile(path): break
        case EEXIST: throw FileError(.exists, path, "exists already")
        // Another file system, one without links, or a file that another account owns.
        case EXDEV, EPERM, ENOTSUP, ENOSYS, EMLINK: try copy(to: path)
        case let failure:
            throw FileError(.cannotWrite, self.path, "cannot be moved to \(path)", systemError: failure)
        }
    }

    private func isThisFile(_ path: String) -> Bool {
        var status = stat()
        return lstat(path.fileBytes, &status) == 0 && status.st_ino == stamp.inode && status.st_dev == stamp.device
    }

    private func copy(to path: String) throws(FileError) {
        let output = try AtomicFile(path)
        try output.write(contentsOf: self)
        guard isUnchanged else { throw notInPlace }
        try output.commit()
    }

    /// Renames the entry atomically and only then checks which file it is, because another file could take the name
    /// between a check and a removal by name.
    private func unlinkEntry() throws(FileError) {
        let number = String(UInt32.random(in: .min ... .max), radix: 16)
        // Within the 255 bytes that most file systems allow for a name; the original name could not be recovered from a
        // truncated one.
        let hidden = ".\(name).\(number)\(Self.removedSuffix)"
        guard hidden.fileBytes.count <= 256 else { return try unlink(name) }
        guard renameat(folder.descriptor, name.fileBytes, folder.descriptor, hidden.fileBytes) == 0 else {
            throw FileError(.cannotWrite, path, "cannot be removed", systemError: errno)
        }
        guard case .file(let found) = folder.entry(hidden), found.hasSameBytes(as: stamp) else {
            Self.restore(hidden, as: name, in: folder)
            throw notInPlace
        }
        try unlink(hidden)
    }

    private func unlink(_ name: String) throws(FileError) {
        guard unlinkat(folder.descriptor, name.fileBytes, 0) == 0 else {
            throw FileError(.cannotWrite, path, "cannot be removed", systemError: errno)
        }
    }

    private static func restore(_ hidden: String, as name: String, in folder: HeldFolder) {
        for number in 1...FileMove.maximumNames {
            let free = FileMove.numbered(name, number).fileBytes
            if linkat(folder.descriptor, hidden.fileBytes, folder.descriptor, free, 0) == 0 {
                unlinkat(folder.descriptor, hidden.fileBytes, 0)
                return
            }
            guard errno == EEXIST else { break }
        }
        // This file system has no links; the name is restored only if no other entry has it.
        guard folder.entry(name) == nil else { return }
        _ = renameat(folder.descriptor, hidden.fileBytes, folder.descriptor, name.fileBytes)
    }

    private var notInPlace: FileError {
        FileError(.cannotWrite, path, "is no longer the file that was read, so it stays where it is")
    }
}
