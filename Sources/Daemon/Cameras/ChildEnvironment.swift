/// What programs that the daemon starts find in their environment: what programs need to run, and nothing that may be a
/// secret. Passwords of cameras and addresses with passwords in them can be variables of the daemon's own.
enum ChildEnvironment {
    private static let names: Set<String> = ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ", "TMPDIR"]

    static func inherited(from environment: [String: String]) -> [String: String] {
        environment.filter { names.contains($0.key) || $0.key.hasPrefix("LC_") }
    }
}
