import CoreMetrics
import HTTPTypes

/// What is counted of requests.
struct HTTPMetrics: Sendable {
    /// - Parameter route: its path; nil for a request that has none: what clients make up names no metric.
    func answered(_ route: String?, _ status: HTTPResponse.Status) {
        Counter(
            label: "saliencyd_http_requests",
            dimensions: [("route", route ?? "none"), ("status", "\(status.code / 100)xx")]
        ).increment()
    }
}
