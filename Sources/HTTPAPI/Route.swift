import DaemonConfiguration
import HTTPTypes
import Hummingbird

/// One thing that the daemon answers.
struct Route: Sendable {
    let method: HTTPRequest.Method
    /// With names for what varies, as the document of the API has it: `/api/v1/jobs/{id}`.
    let path: String
    /// Whether it is answered without a token.
    let isOpen: Bool
    /// What a token has to be for.
    let role: TokenRole
    private let usualLoad: RequestLoad
    let answer: @Sendable (APIRequest) async throws -> Response

    /// - Parameters:
    ///   - role: nil for reading with GET and control with everything else.
    ///   - load: nil for that of a request that reads or changes something, by the method.
    init(
        _ method: HTTPRequest.Method, _ path: String, isOpen: Bool = false, role: TokenRole? = nil,
        load: RequestLoad? = nil, answer: @escaping @Sendable (APIRequest) async throws -> Response
    ) {
        self.method = method
        self.path = path
        self.isOpen = isOpen
        self.role = role ?? (method == .get ? .read : .control)
        usualLoad = load ?? (method == .get ? .read : .change)
        self.answer = answer
    }

    /// Of a request: one that reads may ask to wait.
    func load(_ target: RequestTarget) -> RequestLoad {
        usualLoad == .read && target.query.contains { $0.name == "wait" && $0.value != "0" } ? .wait : usualLoad
    }

    /// Whether it leaves everything as it is.
    var isReading: Bool { method == .get }
}
