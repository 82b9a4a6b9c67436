import ArgumentParser

/// What the engine may use.
struct EngineOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Threads of the engine (default: one a usable core).", valueName: "count"))
    var threads: Int?

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads is 1 to 1024, not \(threads)")
        }
    }
}
