import ArgumentParser
import Concurrency
import Files
import FoundationEssentials
import Glibc
import Pipeline

/// The `saliencyd` command.
@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "saliencyd",
        abstract: "Shows which pixels of a video made an action-recognition network answer as it did.",
        discussion: """
            Start with:  saliencyd annotate clip.mp4
            It writes clip.saliency.mp4, the same video with a heatmap over it, and beside it clip.saliency.json and, for \
            browsers, clip.saliency.vtt.
            The built-in network, builtin:motion, recognises motion. "make kinetics" in the source tree, or "saliencyd model fetch \
            kinetics-rgb", installs one that recognises 400 human actions; --model takes its name or the path of a checkpoint.

            Exit status: 0 done; 64 wrong option; 65 the input cannot be read; 66 the model cannot be read; \
            69 a server cannot be reached, a library is missing, or the daemon's address is taken; 73 the output exists or cannot be written; \
            78 the configuration is wrong; 130 interrupted, and no files were left. \
            If there are several problems, the lowest status is used.
            """,
        version: saliencydVersion,
        subcommands: [
            AnnotateCommand.self, CompareCommand.self, LiveCommand.self, ExplainCommand.self, TrustCommand.self,
            ClassifyCommand.self,
            EvaluateCommand.self, FitCommand.self, ModelCommand.self,
            SampleCommand.self,
            BenchCommand.self, CheckCommand.self,
            ServeCommand.self, JobsCommand.self,
        ])

    /// Reports all problems of a request before any work begins. A failure of the work itself is one sentence on
    /// standard error and an exit status; everything else (usage, help, version) is left to swift-argument-parser.
    static func main() async {
        StandardError.openClosedStreams()
        do {
            let names = DeprecatedNames(FileName.arguments)
            for warning in names.warnings { StandardError.write("warning: \(warning)\n") }
            let parsed = try ParsedCommand(names.arguments)
            var problems = parsed.problems
            if let checked = parsed.command as? any CheckedCommand {
                let hasCompleteOptions = parsed.hasCompleteOptions
                problems = try await DedicatedThread.run(name: "check", onCancel: {}) { [problems] in
                    var problems = problems
                    if hasCompleteOptions { checked.checkOptions(&problems) }
                    checked.checkFiles(&problems)
                    return problems
                }
            }
            try problems.finish()
            var command = parsed.command
            if var asyncCommand = command as? any AsyncParsableCommand {
                try await asyncCommand.run()
            } else {
                try command.run()
            }
        } catch {
            guard let failure = CommandFailure(error) else { exit(withError: error) }
            StandardError.write("saliencyd: \(failure.description)\n")
            Glibc.exit(failure.status.rawValue)
        }
    }
}
