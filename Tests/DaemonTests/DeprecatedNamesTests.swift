import TestSupport
import Testing

@testable import Daemon

@Suite(.tags(.live), .serialized, .oneSuiteAtATime, .hangLimit) struct DeprecatedNamesTests {
    @Test(arguments: [
        (["watch", "loop:/x", "--name", "a"], ["live", "loop:/x", "--name", "a"], ["watch is now live"]),
        (["help", "watch"], ["help", "live"], ["watch is now live"]),
        (
            ["trust", "a.mp4", "--out", "o", "--steps=3"], ["trust", "a.mp4", "--output", "o", "--curve-steps=3"],
            ["--out is now --output", "--steps is now --curve-steps"]
        ),
        (
            ["evaluate", "--out=o", "--steps", "3", "list"], ["evaluate", "--output=o", "--curve-steps", "3", "list"],
            ["--out is now --output", "--steps is now --curve-steps"]
        ),
        (
            ["jobs", "list", "--watch", "in", "--watch=on"], ["jobs", "list", "--folder", "in", "--folder=on"],
            ["--watch is now --folder"]
        ),
        (
            ["live", "loop:/x", "--record", "r"], ["live", "loop:/x", "--log-file", "r"],
            ["--record is now --log-file"]
        ),
        (
            ["watch", "loop:/x", "--record=r"], ["live", "loop:/x", "--log-file=r"],
            ["watch is now live", "--record is now --log-file"]
        ),
        // Elsewhere these are current names, or files.
        (["annotate", "watch", "--steps", "3"], ["annotate", "watch", "--steps", "3"], []),
        (["jobs", "why", "--", "--watch"], ["jobs", "why", "--", "--watch"], []), ([], [], []),
        (["help"], ["help"], []),
    ])
    func oldWordsAreReplacedWithAWarning(_ old: [String], _ new: [String], _ warnings: [String]) {
        let words = DeprecatedNames(old)
        #expect(words.arguments == new)
        #expect(words.warnings.count == warnings.count)
        for (said, expected) in zip(words.warnings, warnings) {
            #expect(said.hasPrefix(expected + "; the next version"))
        }
    }

    @Test func theCommandWarnsAndContinues() async throws {
        let run = try await CommandRun.saliencyd("watch", "nowhere")
        #expect(run.status == 65)
        #expect(run.standardError.hasPrefix("warning: watch is now live; the next version will not know watch\n"))
        #expect(run.standardError.contains("an address begins with"), "\(run.standardError)")
    }
}
