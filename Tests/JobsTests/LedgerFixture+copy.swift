import Foundation
import TestSupport

extension LedgerFixture {
    /// Copies the ledger's file and log into a separate folder inside the fixture's.
    ///
    /// - Parameter log: written instead of the log.
    /// - Returns: the path of the copy.
    func copy(log: [UInt8]? = nil) throws -> String {
        let folder = directory.file(UUID().uuidString)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let path = folder + "/jobs.sqlite"
        try Data(directory.bytes(of: "jobs.sqlite")).write(to: URL(fileURLWithPath: path))
        try Data(log ?? directory.bytes(of: "jobs.sqlite-wal")).write(to: URL(fileURLWithPath: path + "-wal"))
        return path
    }
}
