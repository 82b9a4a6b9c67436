/// How the cameras fare together.
struct CameraOverview: Sendable, Equatable {
    var count: Int
    /// Those whose pictures come and are drawn.
    var up: Int
    /// Seconds, of the camera that is furthest behind; nil if none says.
    var lag: Double?

    init(count: Int, up: Int, lag: Double? = nil) {
        self.count = count
        self.up = up
        self.lag = lag
    }

    init(_ entries: [CameraEntry]) {
        let present = entries.filter(\.isUp)
        count = entries.count
        up = present.count
        lag = present.compactMap(\.report.snapshot.lag).max()
    }

    /// "3/4 cameras up, lag 0.8 s"; nil without cameras.
    var text: String? {
        guard count > 0 else { return nil }
        let lag = lag.map { ", lag \(CameraWords.tenths($0)) s" } ?? ""
        return "\(up)/\(count) \(count == 1 ? "camera" : "cameras") up\(lag)"
    }
}
