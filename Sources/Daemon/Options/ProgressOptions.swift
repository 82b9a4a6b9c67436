import ArgumentParser

/// What is said while a job runs.
struct ProgressOptions: ParsableArguments {
    enum Style: String, ExpressibleByArgument, CaseIterable {
        /// A bar on a terminal, nothing elsewhere.
        case auto
        /// One JSON object a line, on standard error.
        case json
    }

    @Option(
        help: ArgumentHelp(
            "How progress is shown: a bar where standard error is a terminal (auto), or JSON lines on it (json).",
            valueName: "style"))
    var progress: Style = .auto

    @Flag(name: .shortAndLong, help: "Say nothing but errors.")
    var quiet = false
}
