/// Why a connection did not come about, as far as FFmpeg's lines of log tell, which are kept to themselves: they may hold the
/// address, password and all.
public struct ConnectionCause {
    private let lines: [String]

    public init(_ lines: [String]) {
        self.lines = lines
    }

    /// Nil where they tell nothing.
    public func error(file: String) -> MediaError? {
        if let resolverWords { return .unknownHost(resolverWords, file: file) }
        guard isUntrusted else { return nil }
        return MediaError(
            .untrusted,
            "does not prove who it is: its certificate was issued by no authority that is trusted here, is not valid now, or"
                + " is for another name", file: file)
    }

    /// Whether the server's certificate failed the check.
    package var isUntrusted: Bool {
        ["Peer certificate failed verification", "does not match hostname", "Unable to verify peer certificate"]
            .contains(where: says)
    }

    package func says(_ words: String) -> Bool { lines.contains { $0.contains(words) } }

    /// The resolver's words for a name that it does not know.
    private var resolverWords: String? {
        for line in lines {
            let begins = line.hasPrefix("Failed to resolve hostname ") || line.hasPrefix("getaddrinfo(")
            guard begins, let separator = line.firstRange(of: ": ") else { continue }
            return String(line[separator.upperBound...].filter { $0 != "\n" })
        }
        return nil
    }
}

extension MediaError {
    /// - Parameter cause: the resolver's words.
    package static func unknownHost(_ cause: String, file: String?) -> MediaError {
        MediaError(
            .cannotOpen, "its host cannot be found (\(cause)); check the name, and this machine's name servers",
            file: file)
    }
}
