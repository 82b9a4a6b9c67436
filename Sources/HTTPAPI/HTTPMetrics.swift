import CoreMetrics
import HTTPTypes

/// Metrics of requests.
struct HTTPMetrics: Sendable {
    /// - Parameter route: the route's path; nil for a request without a route, so that clients cannot create metrics.
    func answered(_ route: String?, _ status: HTTPResponse.Status) {
        Counter(
            label: "saliencyd_http_requests",
            dimensions: [("route", route ?? "none"), ("status", "\(status.code / 100)xx")]
        ).increment()
    }
}
