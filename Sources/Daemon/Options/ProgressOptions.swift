import ArgumentParser

/// What is said while a job runs.
struct ProgressOptions: ParsableArguments {
    enum Style: String, ExpressibleByArgument, CaseIterable {
        /// A bar on a terminal, nothing elsewhere.
        case auto
        /// One JSON object a line, on standard error.
        case json
    }

    @Option(help: "How progress is shown: a bar on a terminal (auto), or JSON lines on standard error (json).")
    var progress: Style = .auto

    @Flag(name: .shortAndLong, help: "Say nothing but errors.")
    var quiet = false
}
