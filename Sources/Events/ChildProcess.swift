import Concurrency
import FoundationEssentials
import Glibc
import Pipeline
import Synchronization

/// A program in its own process group, with no input, no output, and none of the daemon's files or signal settings.
///
/// Not swift-subprocess 1.0, which reports the end of a process only after reaping it. Processes that it left running
/// can be killed safely only between its end and its reaping, while the number of the group cannot be reused.
final class ChildProcess: Sendable {
    struct Failure: Error {
        /// An `errno` value.
        var code: Int32
    }

    enum End: Sendable, Equatable {
        case exited(Int32)
        case signalled(Int32)
        /// Not known: it was not waited for, or could not be. The value is 0.
        case stillRunning(Int32)
    }

    private let process: pid_t
    private let state = Mutex<End?>(nil)

    /// Starts the program; returns once it runs.
    init(path: String, environment: [String: String]) throws(Failure) {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        // The daemon ignores some signals, and its threads block others.
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        for descriptor in Self.inheritable { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(path), nil]
        // A label may contain any character; a variable ends at its first zero byte.
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer {
            for text in arguments + variables { free(text) }
        }
        var process = pid_t()
        let failure = posix_spawn(&process, path, &actions, &attributes, &arguments, &variables)
        guard failure == 0 else { throw Failure(code: failure) }
        self.process = process
    }

    /// The open descriptors that a child process would inherit; libraries may have opened some.
    private static var inheritable: [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap { Int32($0) }.filter { descriptor in
            let flags = fcntl(descriptor, F_GETFD)
            return descriptor > 2 && flags >= 0 && flags & FD_CLOEXEC == 0
        }
    }

    /// How the program ended.
    var end: End { state.withLock { $0 } ?? .stillRunning(0) }

    /// Kills the program and everything it started.
    ///
    /// - Returns: false if it had already ended.
    @discardableResult func kill() -> Bool {
        // Under the lock the process number cannot have been reused, since only `wait` reaps the process.
        state.withLock { end in
            guard end == nil else { return false }
            return Glibc.kill(-process, SIGKILL) == 0
        }
    }

    /// Waits for the program to end; if the task is cancelled, kills it first.
    func wait() async {
        // The body does not throw.
        try? await DedicatedThread.run(name: "hook", onCancel: { self.kill() }) { [self] in
            var information = siginfo_t()
            while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
            state.withLock { end in
                // Kills everything that the program started and left running.
                Glibc.kill(-process, SIGKILL)
                var status: Int32 = 0
                let isReaped = waitpid(process, &status, 0) == process
                end =
                    !isReaped
                    ? .stillRunning(0) : status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .signalled(status & 0x7F)
            }
        }
    }
}
