import ArgumentParser
import Engine

/// What the engine may use.
struct EngineOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Threads of the engine (default: one a usable core).", valueName: "count"))
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "fast, or low: a window of 64x224x224 then takes 410 MB instead of 660 MB, and 30 % more time.",
            valueName: "use"))
    var memory: MemoryUse = .fast

    func check(_ problems: inout RequestProblems) {
        if let threads { problems.demand((1...1024).contains(threads), "--threads is 1 to 1024, not \(threads)") }
    }
}

extension MemoryUse: ExpressibleByArgument {}
