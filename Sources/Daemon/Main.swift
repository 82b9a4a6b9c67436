import ArgumentParser
import Foundation
import Pipeline

/// The `saliencyd` command.
@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "saliencyd",
        abstract: "Shows which pixels of a video made an action-recognition network answer as it did.",
        discussion: """
            Start with:  saliencyd annotate clip.mp4 --model path/to/checkpoint
            It writes clip.saliency.mp4, the same video with a heatmap over it, and clip.saliency.json beside it.
            """,
        version: saliencydVersion,
        subcommands: [
            AnnotateCommand.self, ExplainCommand.self, ClassifyCommand.self, ModelCommand.self, SampleCommand.self,
            BenchCommand.self,
        ])

    /// A failure of the work itself is one sentence on standard error and its exit status; everything else (usage, help,
    /// version) is swift-argument-parser's.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asyncCommand = command as? any AsyncParsableCommand {
                try await asyncCommand.run()
            } else {
                try command.run()
            }
        } catch {
            guard let failure = CommandFailure(error) else { exit(withError: error) }
            FileHandle.standardError.write(Data("saliencyd: \(failure.description)\n".utf8))
            Foundation.exit(failure.status.rawValue)
        }
    }
}
