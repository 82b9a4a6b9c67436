import DaemonConfiguration

/// The names that uploaded files may have.
enum UploadName {
    /// Bytes: room for what a staged file's name has beside it.
    static let longest = 200

    /// - Parameter names: what the watch takes.
    /// - Throws: 422 for a name that leads elsewhere, cannot be shown, or would not be taken as a video.
    static func check(_ name: String, _ names: NamePatterns) throws(APIError) {
        guard !name.isEmpty, name.utf8.count <= longest else {
            throw .unprocessable("The name of a file has 1 to \(longest) bytes.")
        }
        guard !name.contains("/") else { throw .unprocessable("The name of a file has no / in it.") }
        guard !name.hasPrefix(".") else { throw .unprocessable("The name of a file does not begin with a dot.") }
        guard !name.unicodeScalars.contains(where: isControl) else {
            throw .unprocessable("The name of a file has no control characters in it.")
        }
        if let reason = names.refusal(name) ?? names.fileRefusal(name) {
            throw .unprocessable("Files with such a name are passed over: \(reason).")
        }
    }

    /// Control characters, and those that change the direction of the text around them.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: scalar.properties.isBidiControl
        }
    }
}
