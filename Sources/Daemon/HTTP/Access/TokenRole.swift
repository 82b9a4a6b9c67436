/// What a token allows.
enum TokenRole: String, Sendable, CaseIterable {
    /// Looking: jobs, results, cameras, metrics.
    case read
    /// Putting files into watched folders.
    case upload
    /// Changing what the daemon does.
    case control
}
