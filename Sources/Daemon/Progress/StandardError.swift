import Files
import Glibc

/// Text on standard error. That nobody can read it any more (a closed pipe, a full disk) stops no work.
enum StandardError {
    static func write(_ text: String) {
        // Names that are not UTF-8 are shown as they are.
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

    /// Opens what of standard input, output and error came closed, so that no file of ours gets their numbers and with them
    /// what is meant for people.
    static func openClosedStreams() {
        for stream in STDIN_FILENO...STDERR_FILENO where fcntl(stream, F_GETFD) < 0 {
            // The lowest number that is free is this one.
            _ = open("/dev/null", O_RDWR)
        }
    }
}
