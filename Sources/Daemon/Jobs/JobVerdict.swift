import Decode
import Engine
import Files
import Foundation
import Jobs

/// What is to become of a job whose attempt failed.
enum JobVerdict: Sendable, Equatable {
    /// Another attempt may succeed.
    case again(JobFailure, after: Double)
    /// No other attempt would do better.
    case failed(JobFailure)

    /// Longest wait between two attempts, in seconds.
    static let longestWait = 3600.0

    /// - Parameters:
    ///   - attempts: how many there were, this one included.
    ///   - watch: says how many there may be; nil for a job of no watch, which gets the usual number.
    init(_ error: any Error, attempts: Int, watch: WatchSettings?) {
        let failure = Self.failure(error)
        let most = watch?.attempts ?? 3
        let wait = min((watch?.backoff ?? 10) * pow(2, Double(min(attempts, 40) - 1)), Self.longestWait)
        switch Self.cause(error) {
        case .input: self = .failed(failure)
        // What only a person can mend, and will: the job waits for them, however long it takes.
        case .surroundings: self = .again(failure, after: wait)
        case .unknown: self = attempts < most ? .again(failure, after: wait) : .failed(failure)
        }
    }

    private enum Cause { case input, surroundings, unknown }

    private static func cause(_ error: any Error) -> Cause {
        switch error {
        case let error as MediaError:
            switch error.code {
            case .notMedia, .noVideo, .refused, .damaged: return .input
            case .cannotOpen, .outputExists, .stalled, .cancelled: return .unknown
            case .cannotWrite: return isSurroundings(error.underlyingCode.map { -$0 }) ? .surroundings : .unknown
            }
        case let error as SourceError:
            return error.code == .folder ? .surroundings : .unknown
        case let error as ModelError:
            return error.code == .invalidRequest ? .input : .unknown
        default:
            return .unknown
        }
    }

    /// A full disk or quota, a read-only or vanished folder, no permission.
    private static func isSurroundings(_ systemError: Int32?) -> Bool {
        [ENOSPC, EDQUOT, EROFS, EACCES, ENOENT, ENOTDIR, EIO, ESTALE].contains(systemError ?? 0)
    }

    private static func failure(_ error: any Error) -> JobFailure {
        switch error {
        case let error as MediaError: JobFailure(code: error.code.rawValue, message: error.description)
        case let error as ModelError: JobFailure(code: error.code.rawValue, message: error.description)
        case let error as FileError: JobFailure(code: error.code.rawValue, message: error.description)
        case let error as SourceError: JobFailure(code: error.code.rawValue, message: error.description)
        case let error as SettingsError: JobFailure(code: "options", message: error.description)
        default: JobFailure(code: "unknown", message: String(describing: error))
        }
    }
}
