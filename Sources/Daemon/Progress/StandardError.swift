import Files
import Glibc

/// Writes text to standard error. Errors (a closed pipe, a full disk) are ignored, so that they do not stop any work.
enum StandardError {
    static func write(_ text: String) {
        // Names that are not UTF-8 are written unchanged.
        text.fileBytes.dropLast().withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = Glibc.write(STDERR_FILENO, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
        }
    }

    /// Opens those of standard input, output and error that were closed at the start, so that no file of the program
    /// gets their descriptors and receives output for the user.
    static func openClosedStreams() {
        for stream in STDIN_FILENO...STDERR_FILENO where fcntl(stream, F_GETFD) < 0 {
            // open returns the lowest free descriptor, which is this one.
            _ = open("/dev/null", O_RDWR)
        }
    }
}
