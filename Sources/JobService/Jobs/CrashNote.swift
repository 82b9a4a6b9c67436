import CCrash
import Files
import Glibc

/// The state folder's note of what the last daemon crashed of: the one thing that tells a crash from a kill or a power loss.
///
/// A file of three bytes, "00\n" while all is well. The handler of a crash writes the signal's number over them, which needs
/// no room on a full disk.
package final class CrashNote: Sendable {
    /// The signal that the last daemon crashed with; nil if it ended in another way.
    let signal: Int32?
    private let path: String
    // Never closed: a crash may come as late as the process's last instruction.
    private let descriptor: Int32
    private let arm: @Sendable (Int32) -> Void

    /// Opens the note, or creates it where there is none.
    ///
    /// - Parameter arm: has crashes noted in a file that is open; for tests, which must not crash.
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

    /// Forgets how the last daemon ended, and has it noted if this one crashes.
    ///
    /// - Throws: where that cannot be written, on a full disk that writes everything again. Nothing is noted then.
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
