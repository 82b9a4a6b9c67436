import Foundation
import TestSupport

extension LedgerFixture {
    /// A copy of the ledger's file and log as they are now, in a folder of its own inside the fixture's.
    ///
    /// - Parameter log: taken instead of the log.
    /// - Returns: its path.
    func copy(log: [UInt8]? = nil) throws -> String {
        let folder = directory.file(UUID().uuidString)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let path = folder + "/jobs.sqlite"
        try Data(directory.bytes(of: "jobs.sqlite")).write(to: URL(fileURLWithPath: path))
        try Data(log ?? directory.bytes(of: "jobs.sqlite-wal")).write(to: URL(fileURLWithPath: path + "-wal"))
        return path
    }
}
