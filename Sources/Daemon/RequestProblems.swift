import ArgumentParser

/// What is wrong with a request: all of it, found before any work is done.
struct RequestProblems: Sendable {
    private(set) var failures: [CommandFailure] = []

    /// Notes a wrong option where `isRight` is false.
    mutating func demand(_ isRight: Bool, _ sentence: @autoclosure () -> String) {
        if !isRight { note(CommandFailure(.usage, sentence())) }
    }

    /// What `body` gives; nil, and the error noted, where it throws.
    @discardableResult
    mutating func attempt<Value>(_ body: () throws -> Value) -> Value? {
        do {
            return try body()
        } catch {
            note(error)
            return nil
        }
    }

    /// Notes an error once.
    mutating func note(_ error: any Error) {
        let sentence = (error as? ValidationError)?.message ?? "\(error)"
        let failure = CommandFailure(error) ?? CommandFailure(.usage, sentence)
        if !failures.contains(where: { $0.description == failure.description }) { failures.append(failure) }
    }

    /// - Throws: everything that was noted as one failure, with the lowest exit status of all.
    func finish() throws(CommandFailure) {
        guard let lowest = failures.map(\.status.rawValue).min(), let status = ExitStatus(rawValue: lowest) else {
            return
        }
        guard failures.count > 1 else { throw failures[0] }
        let lines = failures.map { "\n  \($0.description)" }.joined()
        throw CommandFailure(status, "\(failures.count) problems:\(lines)")
    }
}

/// A command that says everything that is wrong with what it is asked for before it begins.
protocol CheckedCommand: AsyncParsableCommand, Sendable {
    /// Notes what is wrong with the options alone, in themselves and with each other.
    func checkOptions(_ problems: inout RequestProblems)
    /// Notes what is wrong with the files, the model and the classes that they name. Blocks.
    func checkFiles(_ problems: inout RequestProblems)
}

extension CheckedCommand {
    func checkFiles(_ problems: inout RequestProblems) {}
}
