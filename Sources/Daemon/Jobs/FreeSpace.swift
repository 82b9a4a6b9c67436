import Files
import Glibc

/// How much room there is on a disk.
enum FreeSpace {
    /// Bytes that this process may still write below a folder, or below the nearest one above it that is there; nil where the
    /// system does not say. Blocks.
    static func bytes(at folder: String) -> Int64? {
        var path = Substring(folder)
        var status = statvfs()
        while statvfs((path.isEmpty ? "/" : String(path)).fileBytes, &status) != 0 {
            guard errno == ENOENT || errno == ENOTDIR, let slash = path.lastIndex(of: "/") else { return nil }
            path = path[..<slash]
        }
        let (bytes, isTooMuch) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return isTooMuch ? .max : Int64(clamping: bytes)
    }
}
