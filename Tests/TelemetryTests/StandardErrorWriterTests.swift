import Foundation
import Testing

@testable import Telemetry

@Suite struct StandardErrorWriterTests {
    /// A pipe with a capacity of one page, or a socket pair, that is read without waiting.
    private final class Channel {
        let reading: Int32
        let writing: Int32
        private var isReading = true

        init(socket isSocket: Bool) throws {
            var ends: [Int32] = [0, 0]
            if isSocket {
                try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
            } else {
                try #require(pipe(&ends) == 0)
                // F_SETPIPE_SZ, which the module map does not export.
                _ = fcntl(ends[1], 1031, 4096)
            }
            (reading, writing) = (ends[0], ends[1])
            _ = fcntl(reading, F_SETFL, O_NONBLOCK)
        }

        deinit {
            if isReading { close(reading) }
            close(writing)
        }

        func closeReader() {
            close(reading)
            isReading = false
        }

        func text() -> String {
            var all: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while case let count = read(reading, &buffer, buffer.count), count > 0 { all += buffer[..<count] }
            return String(decoding: all, as: UTF8.self)
        }
    }

    private static let line = String(repeating: "x", count: 999) + "\n"

    private static func write(_ writer: StandardErrorWriter, _ line: String = line) {
        writer.write(line) { "lost \($0)\n" }
    }

    @Test(arguments: [false, true])
    func writesLines(isSocket: Bool) throws {
        let channel = try Channel(socket: isSocket)
        let writer = StandardErrorWriter(descriptor: channel.writing)
        Self.write(writer, "one\n")
        Self.write(writer, "two\n")
        #expect(channel.text() == "one\ntwo\n")
        #expect(fcntl(channel.writing, F_GETFL) & O_NONBLOCK == 0)
    }

    @Test(arguments: [false, true])
    func aStalledReaderCostsLines(isSocket: Bool) throws {
        let channel = try Channel(socket: isSocket)
        let writer = StandardErrorWriter(descriptor: channel.writing)
        for _ in 0..<5000 { Self.write(writer) }
        let passed = channel.text()
        let whole = passed.split(separator: "\n").count { $0.count == 999 }
        #expect(whole >= 4 && whole < 5000)

        Self.write(writer, "again\n")
        Self.write(writer, "and again\n")
        let end = (passed.hasSuffix("\n") ? "" : "\n") + "lost \(5000 - whole)\nagain\nand again\n"
        #expect(channel.text() == end)
    }

    /// A line that is longer than the pipe's capacity is truncated; the next one still starts on a new line.
    @Test func aTruncatedLineIsEndedFirst() throws {
        let channel = try Channel(socket: false)
        let writer = StandardErrorWriter(descriptor: channel.writing)
        Self.write(writer, String(repeating: "x", count: 10_000) + "\n")
        #expect(channel.text() == String(repeating: "x", count: 4096))
        Self.write(writer, "again\n")
        #expect(channel.text() == "\nlost 1\nagain\n")
        Self.write(writer, "and again\n")
        #expect(channel.text() == "and again\n")
    }

    /// The path for pipes that may not be reopened.
    @Test func aSharedPipeIsNotWaitedForEither() throws {
        let channel = try Channel(socket: false)
        let output = LogOutput(descriptor: channel.writing, mayReopen: false)
        let bytes = [UInt8](repeating: 120, count: 10_000)
        #expect(output.write(bytes, timeout: .zero) == 4096)
        #expect(output.write(bytes, timeout: .zero) == 0)
        #expect(channel.text().utf8.count == 4096)
        #expect(output.write([121], timeout: .zero) == 1)
    }

    @Test(arguments: [false, true], [false, true])
    func aMissingReaderDoesNotEndTheProcess(isSocket: Bool, mayReopen: Bool) throws {
        let previous = signal(SIGPIPE, SIG_DFL)
        defer { signal(SIGPIPE, previous) }
        let channel = try Channel(socket: isSocket)
        let output = LogOutput(descriptor: channel.writing, mayReopen: mayReopen)
        channel.closeReader()
        #expect(output.write([120], timeout: .zero) == 0)
        #expect(output.write([120], timeout: .zero) == 0)
        var pending = sigset_t()
        sigpending(&pending)
        #expect(sigismember(&pending, SIGPIPE) == 0)
    }

    @Test func aClosedDescriptorDoesNotEndTheProcess() {
        let writer = StandardErrorWriter(descriptor: -1)
        Self.write(writer)
        Self.write(writer)
    }
}
