import CoreMetrics
import HTTPTypes

/// What is counted of requests.
struct HTTPMetrics: Sendable {
    /// - Parameter pattern: nil for a path that is none: what clients make up names no metric.
    func answered(_ pattern: RoutePattern?, _ status: HTTPResponse.Status) {
        Counter(
            label: "saliencyd_http_requests",
            dimensions: [("route", pattern?.text ?? "none"), ("status", "\(status.code / 100)xx")]
        ).increment()
    }
}
