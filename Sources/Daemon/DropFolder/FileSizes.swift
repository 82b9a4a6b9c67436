import Files
import Glibc

/// The sizes of the files that lie in watched folders. A job whose source has none of these is needed by no file there.
enum FileSizes {
    /// Of all regular files below the folders. Links are not followed. Blocks.
    ///
    /// - Throws: `DropFolderError` for a folder that cannot be read: what lies there is not known then.
    static func below(_ folders: [String]) throws(DropFolderError) -> Set<Int64> {
        var sizes: Set<Int64> = []
        var open = folders
        while let folder = open.popLast() {
            guard let names = FileName.entries(of: folder) else {
                throw DropFolderError(folder: folder, action: "cannot be read", systemError: errno)
            }
            for name in names {
                var status = stat()
                let path = "\(folder)/\(name)"
                guard lstat(path.fileBytes, &status) == 0 else { continue }
                switch status.st_mode & S_IFMT {
                case S_IFREG: sizes.insert(Int64(status.st_size))
                case S_IFDIR: open.append(path)
                default: break
                }
            }
        }
        return sizes
    }
}
