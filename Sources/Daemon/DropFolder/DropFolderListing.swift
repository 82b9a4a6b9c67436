import Files
import Glibc

/// One look at a drop folder.
enum DropFolderListing {
    /// Files that one look takes in; the rest waits until some of these are done.
    static let most = 100_000

    /// The files that may be taken, by name.
    ///
    /// - Throws: `DropFolderError` where the folder is gone or may not be read.
    static func files(in folder: String) throws(DropFolderError) -> [DroppedFile] {
        guard let directory = opendir(folder) else {
            throw DropFolderError(folder: folder, action: "cannot be read", systemError: errno)
        }
        defer { closedir(directory) }
        var names: [String] = []
        while names.count < most, let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in FileName.string(bytes.prefix { $0 != 0 }) }
            if !DroppedFile.isPassedOver(name) { names.append(name) }
        }
        return names.sorted().compactMap { DroppedFile(folder: folder, name: $0) }
    }
}
