import Glibc
import Synchronization

/// The log messages of libsrt, which is loaded with libavformat. Only these messages contain the reason why a
/// connection was rejected; they come from one of libsrt's own threads and do not name the connection.
package enum SRTLog {
    /// An attempt to connect, with the messages logged during it.
    package final class Attempt: Sendable {
        fileprivate let log = Mutex<(lines: [String], wasAlone: Bool)>(([], true))

        /// Whether libsrt reported a wrong passphrase while no other attempt was in progress.
        package var rejectedPassphrase: Bool {
            log.withLock { log in
                log.wasAlone && log.lines.contains { $0.contains("passphrase") || $0.contains("BADSECRET") }
            }
        }
    }

    private static let attempts = Mutex<[ObjectIdentifier: Attempt]>([:])
    private static let maximumLines = 16

    package static func begin() -> Attempt {
        let attempt = Attempt()
        attempts.withLock { attempts in
            attempts[ObjectIdentifier(attempt)] = attempt
            guard attempts.count > 1 else { return }
            for attempt in attempts.values { attempt.log.withLock { $0.wasAlone = false } }
        }
        return attempt
    }

    package static func end(_ attempt: Attempt) {
        attempts.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(attempt)) }
    }

    private static func record(_ line: String) {
        attempts.withLock { attempts in
            for attempt in attempts.values {
                attempt.log.withLock { if $0.lines.count < maximumLines { $0.lines.append(line) } }
            }
        }
    }

    /// The handler's type in srt.h (libsrt 1.5): opaque, level, file, line, area, message.
    private typealias Handler =
        @convention(c) (
            UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?, Int32, UnsafePointer<CChar>?,
            UnsafePointer<CChar>?
        ) -> Void

    /// Redirects libsrt's messages from standard error. Does nothing if FFmpeg was built without SRT.
    static func divert() {
        guard let symbol = dlsym(nil, "srt_setloghandler") else { return }
        // A symbol of a loaded library has no type; this one's is declared in srt.h.
        typealias SetHandler = @convention(c) (UnsafeMutableRawPointer?, Handler?) -> Void
        unsafeBitCast(symbol, to: SetHandler.self)(nil) { _, _, _, _, _, message in
            guard let message else { return }
            SRTLog.record(String(cString: message))
        }
    }
}
