import DaemonConfiguration
import Decode
import Engine
import Files
import FoundationEssentials
import Glibc
import Jobs
import Media

/// The next state of a job whose attempt failed.
enum JobVerdict: Sendable, Equatable {
    /// Another attempt may succeed.
    case again(JobFailure, after: Double)
    /// The output cannot be written, which further attempts do not change: the job waits for a person, without counting
    /// attempts.
    case obstructed(JobFailure)
    /// Another attempt would fail too.
    case failed(JobFailure)

    /// The longest wait between two attempts, in seconds.
    static let longestWait = 3600.0
    /// The shortest and the longest wait until a folder that could not be written is checked again, in seconds: a check
    /// is cheap.
    static let folderWaitRange = 0.1...60.0

    /// - Parameters:
    ///   - attempts: the number of attempts, including this one.
    ///   - dropFolder: sets the maximum number of attempts; nil for a job without a drop folder, which gets the
    ///     default.
    init(_ error: any Error, attempts: Int, dropFolder: DropFolderSettings?) {
        let failure = Self.failure(error)
        let maximumAttempts = dropFolder?.attempts ?? 3
        switch Self.cause(error) {
        case .input: self = .failed(failure)
        case .surroundings: self = .obstructed(failure)
        case .absence: self = .again(failure, after: Self.wait(after: attempts - 1, dropFolder))
        case .unknown:
            self =
                attempts < maximumAttempts
                ? .again(failure, after: Self.wait(after: attempts - 1, dropFolder)) : .failed(failure)
        }
    }

    /// Whether the input is the cause, so that another attempt would fail in the same way.
    static func isCausedByInput(_ error: any Error) -> Bool { cause(error) == .input }

    /// Seconds until the next attempt; doubled each time.
    ///
    /// - Parameter waits: the number of waits before.
    static func wait(after waits: Int, _ dropFolder: DropFolderSettings?) -> Double {
        min((dropFolder?.backoff ?? 10) * pow(2, Double(min(max(waits, 0), 40))), longestWait)
    }

    /// Seconds until a folder that could not be written is checked again.
    static func folderWait(_ dropFolder: DropFolderSettings?) -> Double {
        min(max(dropFolder?.backoff ?? 10, folderWaitRange.lowerBound), folderWaitRange.upperBound)
    }

    private enum Cause {
        case input
        case surroundings
        /// The folder of the source cannot be read: the job is tried again, without a limit, until it can be.
        case absence
        case unknown
    }

    private static func cause(_ error: any Error) -> Cause {
        switch error {
        case let error as MediaError:
            switch error.code {
            case .notMedia, .noVideo, .refused, .damaged: return .input
            case .cannotOpen, .outputExists, .accessDenied, .untrusted, .stalled, .cancelled: return .unknown
            case .cannotWrite:
                let systemError = error.systemError ?? error.underlyingCode.map { -$0 }
                return isSurroundings(systemError) ? .surroundings : .unknown
            }
        case let error as SourceError:
            return error.code == .folder ? .absence : .unknown
        case let error as FileError:
            return error.code == .cannotWrite && isSurroundings(error.systemError) ? .surroundings : .unknown
        case is OutputFolderError:
            return .surroundings
        case let error as ModelError:
            return error.code == .invalidRequest ? .input : .unknown
        default:
            return .unknown
        }
    }

    /// Whether the error means a full disk or quota, a read-only or missing folder, or missing permissions.
    private static func isSurroundings(_ systemError: Int32?) -> Bool {
        [ENOSPC, EDQUOT, EROFS, EACCES, EPERM, ENOENT, ENOTDIR, EIO, ESTALE, ENODEV, ENXIO, ENOTCONN, EHOSTDOWN]
            .contains(systemError ?? 0)
    }

    private static func failure(_ error: any Error) -> JobFailure {
        switch error {
        case let error as MediaError: JobFailure(code: error.code.rawValue, message: error.description)
        case let error as ModelError: JobFailure(code: error.code.rawValue, message: error.description)
        case let error as FileError: JobFailure(code: error.code.rawValue, message: error.description)
        case let error as SourceError: JobFailure(code: error.code.rawValue, message: error.description)
        case let error as OutputFolderError: JobFailure(code: "output", message: error.description)
        case let error as SettingsError: JobFailure(code: "options", message: error.description)
        default: JobFailure(code: "unknown", message: String(describing: error))
        }
    }
}
