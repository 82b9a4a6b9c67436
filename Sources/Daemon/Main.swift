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
            The network inside, builtin:motion, names motion. "saliencyd model fetch kinetics-rgb" fetches one that names 400 \
            human actions; --model takes its name or the path of a checkpoint.

            Exit status: 0 done; 64 wrong option; 65 the input cannot be read; 66 the model cannot be read; \
            69 a server cannot be reached, or the daemon's address is taken; 73 the output exists or cannot be written; \
            78 the configuration is wrong; 130 interrupted, and nothing was left. \
            Of several problems the lowest counts.
            """,
        version: saliencydVersion,
        subcommands: [
            AnnotateCommand.self, CompareCommand.self, LiveCommand.self, ExplainCommand.self, TrustCommand.self,
            ClassifyCommand.self,
            EvaluateCommand.self, ModelCommand.self,
            SampleCommand.self,
            BenchCommand.self, CheckCommand.self,
            ServeCommand.self, JobsCommand.self,
        ])

    /// What is wrong with a request is said, all of it, before any work begins. A failure of the work itself is one sentence on
    /// standard error and its exit status; everything else (usage, help, version) is swift-argument-parser's.
    static func main() async {
        StandardError.openClosedStreams()
        do {
            let words = OldWords(FileName.arguments)
            for warning in words.warnings { StandardError.write("warning: \(warning)\n") }
            let understood = try UnderstoodCommand(words.arguments)
            var problems = understood.problems
            if let checked = understood.command as? any CheckedCommand {
                let hasAllOptions = understood.hasAllOptions
                problems = try await DedicatedThread.run(name: "check", onCancel: {}) { [problems] in
                    var problems = problems
                    if hasAllOptions { checked.checkOptions(&problems) }
                    checked.checkFiles(&problems)
                    return problems
                }
            }
            try problems.finish()
            var command = understood.command
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
