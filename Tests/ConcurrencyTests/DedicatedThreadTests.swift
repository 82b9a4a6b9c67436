import Concurrency
import Foundation
import Testing

@Suite struct DedicatedThreadTests {
    struct Failure: Error, Equatable {}

    @Test("Results and errors are returned from threads with the given name")
    func results() async throws {
        let name = try await DedicatedThread.run(name: "a name of more than fifteen bytes", onCancel: {}) {
            try String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
        }
        #expect(name == "a name of more \n")
        await #expect(throws: Failure()) {
            try await DedicatedThread.run(name: "fails", onCancel: {}) { throw Failure() }
        }
    }

    @Test("Cancelling the task calls onCancel, and the body still runs to completion")
    func cancelling() async throws {
        let cancellation = Cancellation()
        let monitor = Monitor(false)
        let task = Task {
            try await DedicatedThread.run(name: "cancelled", onCancel: { monitor.update { $0 = true } }) {
                monitor.wait { isCancelled in isCancelled ? .done(()) : .wait }
                cancellation.cancel()
                return 7
            }
        }
        task.cancel()
        #expect(try await task.value == 7)
        #expect(cancellation.isCancelled)
    }

    @Test("A detached body runs too")
    func detached() {
        let monitor = Monitor(false)
        #expect(DedicatedThread.start(name: "detached") { monitor.update { $0 = true } })
        monitor.wait { isOver in isOver ? .done(()) : .wait }
    }

    @Test("An error's description names the remedy")
    func errors() {
        let error = ThreadError(name: "read", systemError: EAGAIN)
        #expect(error.description.contains("\"read\"") && error.description.contains("TasksMax="))
    }
}
