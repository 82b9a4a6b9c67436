/// The progress of a download.
public struct TransferProgress: Sendable, Codable, Equatable {
    /// The file being fetched.
    public var file: String
    /// The downloaded bytes of all files, including those of earlier runs.
    public var bytes: Int
    /// The total bytes of all files; nil while a file's size is unknown.
    public var totalBytes: Int?
    /// The bytes downloaded in this run.
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

    /// 0…1, or nil if the total is unknown.
    public var fraction: Double? {
        guard let totalBytes, totalBytes > 0 else { return nil }
        return min(1, Double(bytes) / Double(totalBytes))
    }

    /// The estimated remaining seconds; nil before the first byte and if the total is unknown.
    public var remainingSeconds: Double? {
        guard let totalBytes, bytesPerSecond > 0 else { return nil }
        return Double(max(0, totalBytes - bytes)) / bytesPerSecond
    }
}
