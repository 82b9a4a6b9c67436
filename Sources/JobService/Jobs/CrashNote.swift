import CCrash
import Files
import Glibc

/// Records a crash of the daemon in the state folder; only this distinguishes a crash from a kill or a power loss.
///
/// A file of three bytes, "00\n" as long as there is no crash. The crash handler overwrites them with the signal's
/// number, which needs no additional space on a full disk.
package final class CrashNote: Sendable {
    /// The signal with which the last daemon crashed; nil if it ended in another way.
    let signal: Int32?
    private let path: String
    // Never closed, since a crash may happen as late as the process's last instruction.
    private let descriptor: Int32
    private let arm: @Sendable (Int32) -> Void

    /// Opens the file, or creates it.
    ///
    /// - Parameter arm: installs the crash handler for an open file; replaced in tests, which must not crash.
    package init(state: String, arm: @escaping @Sendable (Int32) -> Void = saliency_note_crashes) throws(FileError) {
        path = "\(state)/crash-signal"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw FileError(.cannotWrite, path, "cannot be opened", systemError: errno) }
        self.arm = arm
        var digits: [UInt8] = [0, 0]
        let count = pread(descriptor, &digits, digits.count, 0)
        let number = Int32(String(decoding: digits, as: UTF8.self)) ?? 0
        signal = count == 2 && (1...64).contains(number) ? number : nil
    }

    /// Resets the file, and records a crash of this daemon from now on.
    ///
    /// - Throws: if the file cannot be written. Crashes are then not recorded.
    package func begin() throws(FileError) {
        let line = Array("00\n".utf8)
        guard pwrite(descriptor, line, line.count, 0) == line.count, fsync(descriptor) == 0 else {
            let failure = errno
            // Otherwise the next daemon would count the same crash again.
            unlink(path)
            throw FileError(.cannotWrite, path, "cannot be written", systemError: failure)
        }
        arm(descriptor)
    }
}
