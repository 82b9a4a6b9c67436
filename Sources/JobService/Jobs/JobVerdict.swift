import DaemonConfiguration
import Decode
import Engine
import Files
import FoundationEssentials
import Glibc
import Jobs
import Media

/// What is to become of a job whose attempt failed.
enum JobVerdict: Sendable, Equatable {
    /// Another attempt may succeed.
    case again(JobFailure, after: Double)
    /// The output cannot be written, which no attempt changes: the job waits for a person, and attempts do not count.
    case obstructed(JobFailure)
    /// No other attempt would do better.
    case failed(JobFailure)

    /// Longest wait between two attempts, in seconds.
    static let longestWait = 3600.0
    /// Shortest and longest wait until a folder that could not be written is looked at again, in seconds: a look costs little.
    static let folderWaits = 0.1...60.0

    /// - Parameters:
    ///   - attempts: how many there were, this one included.
    ///   - dropFolder: says how many there may be; nil for a job of no drop folder, which gets the usual number.
    init(_ error: any Error, attempts: Int, dropFolder: DropFolderSettings?) {
        let failure = Self.failure(error)
        let most = dropFolder?.attempts ?? 3
        switch Self.cause(error) {
        case .input: self = .failed(failure)
        case .surroundings: self = .obstructed(failure)
        case .absence: self = .again(failure, after: Self.wait(after: attempts - 1, dropFolder))
        case .unknown:
            self =
                attempts < most ? .again(failure, after: Self.wait(after: attempts - 1, dropFolder)) : .failed(failure)
        }
    }

    /// Whether another attempt would meet the same input, so that nothing else can be the cause.
    static func isOfInput(_ error: any Error) -> Bool { cause(error) == .input }

    /// Seconds until the next attempt: twice as long each time.
    ///
    /// - Parameter waits: how many there were before.
    static func wait(after waits: Int, _ dropFolder: DropFolderSettings?) -> Double {
        min((dropFolder?.backoff ?? 10) * pow(2, Double(min(max(waits, 0), 40))), longestWait)
    }

    /// Seconds until a folder that could not be written is looked at again.
    static func folderWait(_ dropFolder: DropFolderSettings?) -> Double {
        min(max(dropFolder?.backoff ?? 10, folderWaits.lowerBound), folderWaits.upperBound)
    }

    private enum Cause {
        case input
        case surroundings
        /// The folder of the source cannot be read: until it can, no number of attempts is too many.
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

    /// A full disk or quota, a read-only or vanished folder, no permission.
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
