/// The reason why a connection failed, derived from FFmpeg's log lines. The lines stay private, because they may
/// contain the address including its password.
public struct ConnectionCause {
    private let lines: [String]

    public init(_ lines: [String]) {
        self.lines = lines
    }

    /// The error for the cause; nil if the lines do not reveal it.
    public func error(file: String) -> MediaError? {
        if let resolverMessage { return .unknownHost(resolverMessage, file: file) }
        guard isUntrusted else { return nil }
        return MediaError(
            .untrusted,
            "does not prove who it is: its certificate was issued by no authority that is trusted here, is not valid now, or"
                + " is for another name", file: file)
    }

    /// Whether the server's certificate failed the check.
    package var isUntrusted: Bool {
        ["Peer certificate failed verification", "does not match hostname", "Unable to verify peer certificate"]
            .contains(where: mentions)
    }

    package func mentions(_ text: String) -> Bool { lines.contains { $0.contains(text) } }

    /// The resolver's message about a name that it cannot resolve.
    private var resolverMessage: String? {
        for line in lines {
            let begins = line.hasPrefix("Failed to resolve hostname ") || line.hasPrefix("getaddrinfo(")
            guard begins, let separator = line.firstRange(of: ": ") else { continue }
            return String(line[separator.upperBound...].filter { $0 != "\n" })
        }
        return nil
    }
}

extension MediaError {
    /// - Parameter cause: the resolver's message.
    package static func unknownHost(_ cause: String, file: String?) -> MediaError {
        MediaError(
            .cannotOpen, "its host cannot be found (\(cause)); check the name, and this machine's name servers",
            file: file)
    }
}
