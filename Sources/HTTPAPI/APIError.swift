import HTTPTypes

/// An error response.
struct APIError: Error, Sendable, Equatable {
    var status: HTTPResponse.Status
    /// For programs; never changes.
    var code: String
    var message: String
    /// The individual reasons, if there may be several.
    var reasons: [String]?
    var headers: HTTPFields = [:]

    init(
        _ status: HTTPResponse.Status, _ code: String, _ message: String, reasons: [String]? = nil,
        headers: HTTPFields = [:]
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.reasons = reasons
        self.headers = headers
    }

    static func badRequest(_ message: String) -> APIError { APIError(.badRequest, "bad_request", message) }

    static func notFound(_ message: String) -> APIError { APIError(.notFound, "not_found", message) }

    static func conflict(_ message: String) -> APIError { APIError(.conflict, "conflict", message) }

    static func unprocessable(_ message: String) -> APIError {
        APIError(.unprocessableContent, "unprocessable", message)
    }

    static func tooLarge(_ message: String) -> APIError { APIError(.contentTooLarge, "too_large", message) }

    static func unavailable(_ message: String) -> APIError {
        APIError(.serviceUnavailable, "unavailable", message, headers: [.retryAfter: "5"])
    }
}

extension APIError: CustomStringConvertible {
    var description: String { "\(status.code) \(code): \(message)" }
}
