import ArgumentParser
import DaemonConfiguration
import Decode
import Engine
import Files
import HTTPAPI
import Jobs
import LinearAlgebra
import Media
import Pipeline

/// Exit statuses, with the numbers of `sysexits.h` where possible.
enum ExitStatus: Int32 {
    /// An option or argument is wrong.
    case usage = 64
    /// The input cannot be read as video.
    case inputData = 65
    /// The checkpoint is missing, damaged or unsuitable.
    case model = 66
    /// A model's source, a live stream or the daemon cannot be reached; the daemon's address is in use; or a library is
    /// missing.
    case unavailable = 69
    /// The output cannot be created, or exists.
    case output = 73
    /// The configuration is wrong.
    case configuration = 78
    /// Interrupted immediately; no files were left.
    case interrupted = 130
}

/// An error with its exit status and message.
struct CommandFailure: Error, CustomStringConvertible {
    var status: ExitStatus
    var description: String

    /// Converts any error of the other modules; nil for errors that swift-argument-parser formats itself.
    init?(_ error: any Error) {
        switch error {
        case let failure as CommandFailure:
            self = failure
        case let error as FileError:
            description = error.description
            status = .output
        case let error as LedgerError:
            description = error.description
            status = .output
        case let error as SettingsError:
            description = error.description
            status = .configuration
        case let error as LinearAlgebraError:
            description = error.description
            status =
                switch error.code {
                case .unavailable: .unavailable
                case .cancelled: .interrupted
                case .sizes, .notFinite: .inputData
                }
        case let error as ListeningError:
            description = error.description
            status = .unavailable
        case let error as MediaError:
            description = error.description
            status =
                switch error.code {
                case .cannotOpen, .notMedia, .noVideo, .refused, .damaged: .inputData
                case .outputExists, .cannotWrite: .output
                case .accessDenied, .untrusted, .stalled: .unavailable
                case .cancelled: .interrupted
                }
        case let error as ModelError:
            description = error.description
            status =
                switch error.code {
                case .invalidRequest, .labels, .tooLarge: .usage
                case .outputExists, .cannotWrite: .output
                case .unavailable: .unavailable
                case .cancelled: .interrupted
                default: .model
                }
        case is CancellationError:
            description = "interrupted; nothing was written"
            status = .interrupted
        default:
            return nil
        }
    }

    init(_ status: ExitStatus, _ description: String) {
        self.status = status
        self.description = description
    }
}
