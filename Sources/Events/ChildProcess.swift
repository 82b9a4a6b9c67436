import Concurrency
import FoundationEssentials
import Glibc
import Pipeline
import Synchronization

/// A program that runs in a process group of its own, with no input, no output and none of the daemon's files or signals.
///
/// Not swift-subprocess 1.0: it does not say that a process has ended before it has reaped it, and what the process left
/// running can be killed safely in between only, while the group's number cannot be another's.
final class ChildProcess: Sendable {
    struct Failure: Error {
        /// An `errno` value.
        var code: Int32
    }

    enum End: Sendable, Equatable {
        case exited(Int32)
        case signalled(Int32)
        /// It has not been waited for, or cannot be: nobody knows. Carries 0.
        case stillRunning(Int32)
    }

    private let process: pid_t
    private let state = Mutex<End?>(nil)

    /// Returns once the program runs.
    init(path: String, environment: [String: String]) throws(Failure) {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        // The daemon ignores some signals, and its threads hold others back.
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
        // A label may hold anything; a variable ends at its first zero.
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer {
            for text in arguments + variables { free(text) }
        }
        var process = pid_t()
        let failure = posix_spawn(&process, path, &actions, &attributes, &arguments, &variables)
        guard failure == 0 else { throw Failure(code: failure) }
        self.process = process
    }

    /// What this process has open and a program that it starts would have too: libraries may have opened it.
    private static var inheritable: [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap { Int32($0) }.filter { descriptor in
            let flags = fcntl(descriptor, F_GETFD)
            return descriptor > 2 && flags >= 0 && flags & FD_CLOEXEC == 0
        }
    }

    /// How it ended.
    var end: End { state.withLock { $0 } ?? .stillRunning(0) }

    /// Kills it and all that it started.
    ///
    /// - Returns: false if it had ended.
    @discardableResult func kill() -> Bool {
        // Under the lock the number is this process's, ended or not: only `wait` gives it back.
        state.withLock { end in
            guard end == nil else { return false }
            return Glibc.kill(-process, SIGKILL) == 0
        }
    }

    /// Waits for its end; if the task is cancelled, kills it first.
    func wait() async {
        // The body throws nothing.
        try? await DedicatedThread.run(name: "hook", onCancel: { self.kill() }) { [self] in
            var information = siginfo_t()
            while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
            state.withLock { end in
                // What it started and left behind ends with it.
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
