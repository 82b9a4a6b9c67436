import ArgumentParser
import Concurrency
import Encode
import FoundationEssentials
import Pipeline

/// `saliencyd sample`: writes a clip to try the software with.
struct SampleCommand: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample",
        abstract: "Write a generated short clip of a ball that rolls past a stationary square.")

    @Argument(help: "The video to write; its extension determines the container.")
    var output: String

    @Option(help: ArgumentHelp("Length of the clip.", valueName: "seconds"))
    var seconds = 4.0

    @Option(help: ArgumentHelp("Width and height of the frame, 32 to 4096.", valueName: "WxH"))
    var size: FrameSize = FrameSize(width: 320, height: 240)

    @Option(help: ArgumentHelp("The same seed gives the same clip.", valueName: "number"))
    var seed: UInt64 = 1

    @Flag(help: "Replace the output if it exists.")
    var force = false

    func checkOptions(_ problems: inout RequestProblems) {
        problems.demand(seconds > 0 && seconds <= 600, "--seconds is above 0 and at most 600, not \(seconds)")
    }

    func checkFiles(_ problems: inout RequestProblems) {
        problems.attempt { try OutputCheck.video(output, isReplacing: force) }
    }

    func run() async throws {
        var clip = SampleClip()
        clip.duration = seconds
        clip.width = size.width
        clip.height = size.height
        clip.seed = seed
        try await StopSignals.cancelling { stop in
            try await DedicatedThread.run(name: "sample", onCancel: {}) { [clip, output, force] in
                try clip.write(to: output, replaces: force) { stop.abort.isCancelled }
            }
        }
        print("Written to \(output)")
    }
}

/// "320x240".
struct FrameSize: ExpressibleByArgument, CustomStringConvertible {
    var width: Int
    var height: Int

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    init?(argument: String) {
        let parts = argument.split(separator: "x").compactMap { Int($0) }
        guard parts.count == 2, (32...4096).contains(parts[0]), (32...4096).contains(parts[1]) else { return nil }
        self.init(width: parts[0], height: parts[1])
    }

    var description: String { "\(width)x\(height)" }
    var defaultValueDescription: String { description }
}
