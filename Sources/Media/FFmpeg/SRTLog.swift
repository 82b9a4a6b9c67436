import Glibc
import Synchronization

/// What libsrt says, which is loaded with libavformat. It alone knows why a connection was rejected, says so on a thread of its
/// own, and does not say of which connection.
package enum SRTLog {
    /// An attempt to connect, and what was said meanwhile.
    package final class Attempt: Sendable {
        fileprivate let heard = Mutex<(lines: [String], wasAlone: Bool)>(([], true))

        /// Whether libsrt said that the passphrase is wrong, and can have meant no other attempt.
        package var rejectedPassphrase: Bool {
            heard.withLock { heard in
                heard.wasAlone && heard.lines.contains { $0.contains("passphrase") || $0.contains("BADSECRET") }
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
            for attempt in attempts.values { attempt.heard.withLock { $0.wasAlone = false } }
        }
        return attempt
    }

    package static func end(_ attempt: Attempt) {
        attempts.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(attempt)) }
    }

    private static func note(_ line: String) {
        attempts.withLock { attempts in
            for attempt in attempts.values {
                attempt.heard.withLock { if $0.lines.count < maximumLines { $0.lines.append(line) } }
            }
        }
    }

    /// As srt.h declares it (libsrt 1.5): opaque, level, file, line, area, message.
    private typealias Handler =
        @convention(c) (
            UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?, Int32, UnsafePointer<CChar>?,
            UnsafePointer<CChar>?
        ) -> Void

    /// Takes its lines away from standard error. Where FFmpeg was built without SRT there is nothing to do.
    static func divert() {
        guard let symbol = dlsym(nil, "srt_setloghandler") else { return }
        // A symbol of a loaded library has no type; srt.h declares this one so.
        typealias SetHandler = @convention(c) (UnsafeMutableRawPointer?, Handler?) -> Void
        unsafeBitCast(symbol, to: SetHandler.self)(nil) { _, _, _, _, _, message in
            guard let message else { return }
            SRTLog.note(String(cString: message))
        }
    }
}
