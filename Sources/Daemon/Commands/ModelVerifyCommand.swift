import ArgumentParser
import Concurrency
import Engine
import Files
import Pipeline

/// `saliencyd model verify`: every value read and checked.
struct ModelVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Read every value of a checkpoint: checksums, finite numbers, variances.")

    @Argument(help: "The checkpoint.")
    var model: String

    @Flag(help: "As JSON.")
    var json = false

    func run() async throws {
        let verification = try await DedicatedThread.run(name: "model", onCancel: {}) { [model] in
            try ModelCatalogue().open(model).verify()
        }
        if json {
            print(JSONLine.pretty(verification))
        } else {
            let checksums =
                verification.checksum.map { "\($0) of every tensor matches" } ?? "this form has no checksums"
            print(
                """
                \(verification.path): good (\(verification.form)); \(checksums)
                \(verification.variableCount.counted("variable")), \(verification.parameterCount.counted("parameter")), all finite
                sha256 \(verification.contentHash)
                """)
        }
    }
}
