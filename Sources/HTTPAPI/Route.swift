import DaemonConfiguration
import HTTPTypes
import Hummingbird

/// A method and path that the daemon answers.
struct Route: Sendable {
    let method: HTTPRequest.Method
    /// The path with its parameters, as in the API description: `/api/v1/jobs/{id}`.
    let path: String
    /// Whether no token is needed.
    let isOpen: Bool
    /// The role that a token needs.
    let role: TokenRole
    private let defaultLoad: RequestLoad
    let answer: @Sendable (APIRequest) async throws -> Response

    /// - Parameters:
    ///   - role: nil for the default: `read` for GET, `control` otherwise.
    ///   - load: nil for the default: `read` for GET, `change` otherwise.
    init(
        _ method: HTTPRequest.Method, _ path: String, isOpen: Bool = false, role: TokenRole? = nil,
        load: RequestLoad? = nil, answer: @escaping @Sendable (APIRequest) async throws -> Response
    ) {
        self.method = method
        self.path = path
        self.isOpen = isOpen
        self.role = role ?? (method == .get ? .read : .control)
        defaultLoad = load ?? (method == .get ? .read : .change)
        self.answer = answer
    }

    /// The load of a request; one that reads may ask to wait.
    func load(_ target: RequestTarget) -> RequestLoad {
        defaultLoad == .read && target.query.contains { $0.name == "wait" && $0.value != "0" } ? .wait : defaultLoad
    }

    /// Whether the route changes nothing.
    var isReading: Bool { method == .get }
}
