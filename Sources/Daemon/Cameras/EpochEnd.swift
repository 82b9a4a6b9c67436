import DaemonConfiguration
import Decode
import Media

/// How one connection ended.
struct EpochEnd: Sendable, Equatable {
    /// As a clause, without secrets.
    var reason: String
    /// Whether pictures had stayed away.
    var isStall = false

    /// Whether the user or the password was refused.
    var isDenied = false

    static let senderEnded = EpochEnd(reason: "the sender ended the stream")

    init(reason: String, isStall: Bool = false) {
        self.reason = reason
        self.isStall = isStall
    }

    /// - Parameter address: what the error may quote.
    init(_ error: any Error, address: SecretAddress) {
        guard var error = error as? MediaError else {
            reason = address.hide(in: "\(error)")
            return
        }
        isStall = error.code == .stalled
        isDenied = error.code == .accessDenied
        // The camera's name stands before it.
        error.file = nil
        reason = address.hide(in: error.description)
    }
}
