/// The places that requests of each kind have.
struct RequestPlaces: Sendable {
    private let gauges: [RequestLoad: RequestGauge]

    init(_ limits: HTTPLimits) {
        gauges = [
            .read: RequestGauge(most: limits.requests),
            .change: RequestGauge(most: limits.changes, of: "requests that change something"),
            .upload: RequestGauge(most: limits.uploads, of: "uploads"),
            .download: RequestGauge(most: limits.downloads, of: "downloads"),
            .wait: RequestGauge(most: limits.waits, of: "requests that wait"),
            .view: RequestGauge(most: limits.viewers, of: "viewers of live pictures"),
        ]
    }

    /// - Returns: the place, to be held until the answer is sent; nil for what needs none.
    /// - Throws: 503 where none is free.
    func enter(_ load: RequestLoad) throws(APIError) -> RequestGauge.Place? {
        try gauges[load]?.enter()
    }
}
