import ArgumentParser
import FoundationEssentials
import Glibc
import Pipeline
import Synchronization

/// Shows a job's progress on standard error: a bar, JSON lines, or nothing.
final class ProgressReporter: Sendable {
    private enum Style { case bar, json, silent }

    private struct State {
        var lastShown: ContinuousClock.Instant?
        var barIsOpen = false
    }

    private let style: Style
    private let quiet: Bool
    private let state = Mutex(State())
    private let clock = ContinuousClock()

    init(_ options: ProgressOptions) {
        quiet = options.quiet
        if options.quiet {
            style = .silent
        } else if options.progress == .json {
            style = .json
        } else {
            style = isatty(STDERR_FILENO) == 1 ? .bar : .silent
        }
    }

    /// Shows `progress`, at most ten times a second except for the last one.
    func show(_ progress: some DisplayableProgress, isLast: Bool = false) {
        guard style != .silent else { return }
        state.withLock { state in
            let now = clock.now
            if !isLast, let last = state.lastShown, now - last < .milliseconds(100) { return }
            state.lastShown = now
            switch style {
            case .bar:
                state.barIsOpen = !isLast
                write("\r\u{1B}[K" + progress.line(columns: Self.terminalColumns) + (isLast ? "\n" : ""))
            case .json:
                write(progress.jsonLine(isLast: isLast) + "\n")
            case .silent:
                break
            }
        }
    }

    /// Prints a message on a separate line above the bar.
    func note(_ line: String) {
        guard !quiet else { return }
        state.withLock { state in
            if style == .json {
                write(ProgressFormatter.json(note: line) + "\n")
                return
            }
            write((state.barIsOpen ? "\r\u{1B}[K" : "") + line + "\n")
        }
    }

    private static var terminalColumns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private func write(_ text: String) {
        StandardError.write(text)
    }
}

/// The options for progress output.
struct ProgressOptions: ParsableArguments {
    enum Style: String, ExpressibleByArgument, CaseIterable {
        /// A bar on a terminal, nothing elsewhere.
        case auto
        /// One JSON object per line, on standard error.
        case json
    }

    @Option(
        help: ArgumentHelp(
            "How progress is shown: a bar where standard error is a terminal (auto), or JSON lines on it (json).",
            valueName: "style"))
    var progress: Style = .auto

    @Flag(name: .shortAndLong, help: "Print errors only.")
    var quiet = false
}
