/// What is wrong with a checkpoint, a manifest, a label file or a request to the model.
public struct ModelError: Error, Sendable, Equatable {
    /// What kind of mistake it is, for decisions; for people there is `reason`.
    public enum Code: String, Sendable {
        /// No file, or it may not be read.
        case cannotOpen
        /// No known checkpoint form, or a malformed one.
        case malformed
        /// The file ends before what it promises.
        case truncated
        /// A checksum does not match.
        case checksum
        /// A variable of the network is not in the checkpoint.
        case missingVariable
        /// A variable has another shape or element type than the network needs.
        case wrongShape
        /// A pickle asks for something that tensors do not need; refused.
        case forbiddenPickle
        /// The label file does not fit the number of classes, or the label is unknown.
        case labels
        /// The output exists, and replacing it was not asked for.
        case outputExists
        /// The output cannot be created or written.
        case cannotWrite
        /// The request does not fit the model: clip too small, class index out of range, wrong channel count.
        case invalidRequest
        /// A model's source cannot be reached, or does not answer as it should.
        case unavailable
        /// The clip needs more memory than there is or may be used.
        case tooLarge
        /// The work was cancelled.
        case cancelled
    }

    public var code: Code
    /// One clause without a full stop.
    public var reason: String
    /// The file concerned.
    public var file: String?
    /// The variable concerned, by its name in the checkpoint.
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
