/// An error in a checkpoint, a manifest, a label file or a request to the model.
public struct ModelError: Error, Sendable, Equatable {
    /// The kind of error, for decisions in code; `reason` is for people.
    public enum Code: String, Sendable {
        /// The file does not exist or may not be read.
        case cannotOpen
        /// The checkpoint format is unknown, or the file is malformed.
        case malformed
        /// The file is shorter than its index or header states.
        case truncated
        /// A checksum does not match.
        case checksum
        /// A variable of the network is not in the checkpoint.
        case missingVariable
        /// A variable does not have the shape or element type that the network needs.
        case wrongShape
        /// A pickle uses something that tensors do not need; it is refused.
        case forbiddenPickle
        /// The label file does not fit the number of classes, or the label is unknown.
        case labels
        /// The output exists, and replacing it was not requested.
        case outputExists
        /// The output cannot be created or written.
        case cannotWrite
        /// The request does not fit the model: clip too small, class index out of range, wrong channel count.
        case invalidRequest
        /// A model's source cannot be reached, or its response is not usable.
        case unavailable
        /// The clip needs more memory than is available or allowed.
        case tooLarge
        /// The work was cancelled.
        case cancelled
    }

    public var code: Code
    /// A clause without a full stop.
    public var reason: String
    /// The file that the error concerns.
    public var file: String?
    /// The variable that the error concerns, by its name in the checkpoint.
    public var variable: String?

    public init(_ code: Code, _ reason: String, file: String? = nil, variable: String? = nil) {
        self.code = code
        self.reason = reason
        self.file = file
        self.variable = variable
    }
}

extension ModelError: CustomStringConvertible {
    public var description: String {
        var sentence = file.map { "\($0): " } ?? ""
        if let variable { sentence += "variable \(variable): " }
        return sentence + reason
    }
}
