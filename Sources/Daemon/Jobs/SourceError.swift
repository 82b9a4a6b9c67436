/// Why the file that a job is to read is not there to be read.
struct SourceError: Error, Sendable, Equatable {
    /// Raw values go into the ledger.
    enum Code: String, Sendable {
        case gone = "sourceGone"
        /// Another file has its name.
        case replaced = "sourceReplaced"
        /// It is being written to.
        case changed = "sourceChanged"
        /// The watched folder that it lies in cannot be read.
        case folder = "sourceFolder"
    }

    var code: Code
    var path: String

    init(_ code: Code, _ path: String) {
        self.code = code
        self.path = path
    }

    /// Whether a failure with this code says that the file was not found, so that finding it makes the job possible again.
    static func saysMissing(_ code: String?) -> Bool {
        code.flatMap(Code.init) != nil
    }
}

extension SourceError: CustomStringConvertible {
    var description: String {
        switch code {
        case .gone: "\(path): the file is no longer there (links are not followed); put it back, and its job goes on"
        case .replaced: "\(path): another file has taken its place; put the first one back, and its job goes on"
        case .folder: "\(path): the watched folder cannot be read; its jobs wait until it can"
        case .changed: "\(path): was written to while it was read"
        }
    }
}
