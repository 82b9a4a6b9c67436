import Foundation
import TestSupport
import Testing

@testable import Telemetry

@Suite struct SystemdNotifierTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func connected() throws -> (SystemdNotifier, NotifySocket) {
        let socket = try NotifySocket(directory.file("notify"))
        return (SystemdNotifier(environment: ["NOTIFY_SOCKET": directory.file("notify")]), socket)
    }

    @Test func reportsStatusMessages() throws {
        let (notifier, socket) = try connected()
        notifier.ready(status: "2 cameras")
        #expect(socket.message() == "READY=1\nSTATUS=2 cameras")
        notifier.ready()
        #expect(socket.message() == "READY=1")
        notifier.status("window 7 of 9")
        #expect(socket.message() == "STATUS=window 7 of 9")
        notifier.watchdog()
        #expect(socket.message() == "WATCHDOG=1")
        notifier.stopping(status: "finishing 1 job")
        #expect(socket.message() == "STOPPING=1\nSTATUS=finishing 1 job")
        #expect(socket.message() == nil)
    }

    @Test func reloadingIncludesTheTime() throws {
        let (notifier, socket) = try connected()
        notifier.reloading()
        notifier.reloading()
        let times = try (0..<2).map { _ in
            let message = try #require(socket.message())
            let match = try #require(message.wholeMatch(of: /RELOADING=1\nMONOTONIC_USEC=(\d+)/))
            return try #require(Int(match.1))
        }
        #expect(times[0] > 0 && times[0] <= times[1])
    }

    @Test func timeoutsAreMicroseconds() throws {
        let (notifier, socket) = try connected()
        notifier.extendTimeout(.seconds(90))
        #expect(socket.message() == "EXTEND_TIMEOUT_USEC=90000000")
        notifier.extendTimeout(.microseconds(1_500_001))
        #expect(socket.message() == "EXTEND_TIMEOUT_USEC=1500001")
        for duration in [Duration.seconds(-1), .nanoseconds(-1), .seconds(Int64.max)] {
            notifier.extendTimeout(duration)
            let message = socket.message()
            #expect(message == nil || message == "EXTEND_TIMEOUT_USEC=0")
        }
    }

    @Test func supportsAbstractNames() throws {
        let name = "@saliencyd-test-\(UUID().uuidString)"
        let socket = try NotifySocket(name)
        SystemdNotifier(environment: ["NOTIFY_SOCKET": name]).ready()
        #expect(socket.message() == "READY=1")
    }

    @Test func aStatusIsOneLineAndShort() throws {
        let (notifier, socket) = try connected()
        notifier.status("clip\nMAINPID=1\r\u{0}\u{85}\u{2028}é")
        #expect(socket.message() == "STATUS=clip MAINPID=1    é")
        notifier.status(String(repeating: "x", count: 1 << 20))
        #expect(socket.message() == "STATUS=" + String(repeating: "x", count: 500))
    }

    // MARK: No socket

    @Test(arguments: [
        nil, "", "@", "relative", "vsock:2:1234", "/nowhere/at/all", "@nobody-\(UUID().uuidString)",
        "/" + String(repeating: "x", count: 107), "/a\u{0}b",
    ])
    func withoutASocketNothingHappens(_ name: String?) {
        let notifier = SystemdNotifier(environment: name.map { ["NOTIFY_SOCKET": $0] } ?? [:])
        notifier.ready(status: "x")
        notifier.reloading()
        notifier.watchdog()
        notifier.extendTimeout(.seconds(1))
        notifier.stopping()
    }

    @Test func longestNamesFit() throws {
        let longest = "@" + UUID().uuidString + String(repeating: "x", count: 71)
        #expect(longest.utf8.count == 108)
        let socket = try NotifySocket(longest)
        SystemdNotifier(environment: ["NOTIFY_SOCKET": longest]).watchdog()
        #expect(socket.message() == "WATCHDOG=1")
        #expect(UnixAddress(longest + "x") == nil)
    }

    @Test func aFullQueueIsNotWaitedFor() throws {
        let (notifier, socket) = try connected()
        for _ in 0..<5000 { notifier.watchdog() }
        var count = 0
        while socket.message() != nil { count += 1 }
        #expect(count > 0 && count < 5000)
        notifier.ready()
        #expect(socket.message() == "READY=1")
    }

    // MARK: Watchdog

    @Test func watchdogIntervalIsForThisProcess() {
        func interval(_ environment: [String: String]) -> Duration? {
            SystemdNotifier(environment: environment).watchdogInterval
        }
        #expect(interval(["WATCHDOG_USEC": "120000000"]) == .seconds(120))
        #expect(interval(["WATCHDOG_USEC": "1500000", "WATCHDOG_PID": "\(getpid())"]) == .milliseconds(1500))
        #expect(interval(["WATCHDOG_USEC": "1500000", "WATCHDOG_PID": "\(getpid() + 1)"]) == nil)
        #expect(interval(["WATCHDOG_USEC": "1500000", "WATCHDOG_PID": ""]) == nil)
        for text in ["0", "-1", "", "x", "99999999999999999999"] { #expect(interval(["WATCHDOG_USEC": text]) == nil) }
        #expect(interval(["WATCHDOG_PID": "\(getpid())"]) == nil)
    }
}
