import ArgumentParser

/// Collects all problems of a request before any work is done.
struct RequestProblems: Sendable {
    private(set) var failures: [CommandFailure] = []

    /// Adds a problem of an option if `isRight` is false.
    mutating func demand(_ isRight: Bool, _ sentence: @autoclosure () -> String) {
        if !isRight { note(CommandFailure(.usage, sentence())) }
    }

    /// Returns the result of `body`; if it throws, adds the error and returns nil.
    @discardableResult
    mutating func attempt<Value>(_ body: () throws -> Value) -> Value? {
        do {
            return try body()
        } catch {
            note(error)
            return nil
        }
    }

    /// Adds an error, unless it was already added.
    mutating func note(_ error: any Error) {
        let sentence = (error as? ValidationError)?.message ?? "\(error)"
        let failure = CommandFailure(error) ?? CommandFailure(.usage, sentence)
        if !failures.contains(where: { $0.description == failure.description }) { failures.append(failure) }
    }

    /// - Throws: one failure with all problems, and the lowest of their exit statuses.
    func finish() throws(CommandFailure) {
        guard let lowest = failures.map(\.status.rawValue).min(), let status = ExitStatus(rawValue: lowest) else {
            return
        }
        guard failures.count > 1 else { throw failures[0] }
        let lines = failures.map { "\n  \($0.description)" }.joined()
        throw CommandFailure(status, "\(failures.count) problems:\(lines)")
    }
}

/// A command that reports all problems of its request before it begins.
protocol CheckedCommand: AsyncParsableCommand, Sendable {
    /// Checks the options by themselves and in combination.
    func checkOptions(_ problems: inout RequestProblems)
    /// Checks the files, the model and the classes that the options name. Blocks.
    func checkFiles(_ problems: inout RequestProblems)
}

extension CheckedCommand {
    func checkFiles(_ problems: inout RequestProblems) {}
}
