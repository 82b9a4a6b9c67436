/// How far a download is; a value that may be shown, logged or served.
public struct TransferProgress: Sendable, Codable, Equatable {
    /// The file being fetched.
    public var file: String
    /// Bytes of all files that are there, those of earlier runs included.
    public var bytes: Int
    /// Bytes of all files; nil as long as one's size is unknown.
    public var totalBytes: Int?
    /// Bytes that came in this run.
    public var fetchedBytes: Int
    /// Seconds since the run began.
    public var elapsedSeconds: Double

    public init(file: String, bytes: Int, totalBytes: Int?, fetchedBytes: Int, elapsedSeconds: Double) {
        self.file = file
        self.bytes = bytes
        self.totalBytes = totalBytes
        self.fetchedBytes = fetchedBytes
        self.elapsedSeconds = elapsedSeconds
    }

    public var bytesPerSecond: Double {
        elapsedSeconds > 0 ? Double(fetchedBytes) / elapsedSeconds : 0
    }

    /// 0…1, or nil where the total is unknown.
    public var fraction: Double? {
        guard let totalBytes, totalBytes > 0 else { return nil }
        return min(1, Double(bytes) / Double(totalBytes))
    }

    /// Seconds that remain at the speed so far; nil before the first byte and where the total is unknown.
    public var remainingSeconds: Double? {
        guard let totalBytes, bytesPerSecond > 0 else { return nil }
        return Double(max(0, totalBytes - bytes)) / bytesPerSecond
    }
}
