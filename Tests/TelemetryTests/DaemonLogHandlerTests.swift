import Foundation
import Logging
import TestSupport
import Testing

@testable import Telemetry

@Suite struct DaemonLogHandlerTests {
    /// Possible contents of a hostile file name: line ends of all kinds, terminal sequences, direction marks, quotes.
    private static let hostile =
        "a\n<0>forged\r\u{85}\u{2028}\u{2029}\u{0B}\u{0C}\u{1B}[2J\u{0}\u{7F}\u{202E}gpj\t\"x\" level=error \\n é 猫 👩‍🚀"

    private static func lines(
        _ format: LogFormat, level: Logger.Level = .trace, _ body: (inout Logger) -> Void
    ) -> [String] {
        let writer = CollectingWriter()
        var logger = Logger(label: "saliencyd.test") { label in
            DaemonLogHandler(
                label: label, format: format, level: level, writer: writer, environment: [:],
                now: { Date(timeIntervalSince1970: 1_700_000_000.25) })
        }
        body(&logger)
        return writer.lines
    }

    private static func object(_ line: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    // MARK: Formats

    @Test func textHasTimeLevelAndLabel() {
        let lines = Self.lines(.text) { $0.warning("camera is gone", metadata: ["camera": "gate", "after": "3 s"]) }
        #expect(
            lines == ["2023-11-14T22:13:20.250Z warning saliencyd.test: camera is gone after=\"3 s\" camera=gate\n"])
    }

    @Test(arguments: [
        (Logger.Level.trace, 7), (.debug, 7), (.info, 6), (.notice, 5), (.warning, 4), (.error, 3), (.critical, 2),
    ])
    func journalHasThePriority(_ level: Logger.Level, _ priority: Int) {
        let lines = Self.lines(.journal) { $0.log(level: level, "done", metadata: ["job": "7"]) }
        #expect(lines == ["<\(priority)>done job=7\n"])
    }

    @Test func jsonIsOneObject() throws {
        let lines = Self.lines(.json) { $0.error("lost", metadata: ["message": "mine", "path": "\(Self.hostile)"]) }
        let object = try Self.object(try #require(lines.first))
        #expect(object["time"] as? String == "2023-11-14T22:13:20.250Z")
        #expect(object["level"] as? String == "error")
        #expect(object["label"] as? String == "saliencyd.test")
        #expect(object["message"] as? String == "lost")
        #expect(object["fields"] as? [String: String] == ["message": "mine", "path": Self.hostile])
    }

    @Test func levelsBelowAreNotWritten() {
        #expect(Self.lines(.text, level: .notice) { $0.info("quiet") }.isEmpty)
    }

    @Test(arguments: LogFormat.allCases)
    func lossesAreReportedInTheSameFormat(_ format: LogFormat) throws {
        let writer = CollectingWriter(lost: 42)
        let handler = DaemonLogHandler(label: "a", format: format, writer: writer, environment: [:])
        Logger(label: "a", factory: { _ in handler }).info("x")
        #expect(writer.lines.count == 2)
        let notice = try #require(writer.lines.first)
        let text = "42 log lines were lost because nobody read them"
        switch format {
        case .json:
            #expect(try Self.object(notice)["message"] as? String == text)
            #expect(try Self.object(notice)["level"] as? String == "warning")
        case .journal: #expect(notice == "<4>\(text)\n")
        case .text, .automatic: #expect(notice.hasSuffix("Z warning a: \(text)\n"))
        }
    }

    // MARK: Fields

    @Test func theMostSpecificMetadataWins() {
        let lines = Self.lines(.journal) { logger in
            logger[metadataKey: "a"] = "logger"
            logger[metadataKey: "b"] = "logger"
            #expect(logger[metadataKey: "a"] == "logger")
            logger.info("x", metadata: ["b": "message", "c": ["2", ["z": "1", "y": "0"]]])
        }
        #expect(lines == ["<6>x a=logger b=message c=\"[2, {y: 0, z: 1}]\"\n"])
    }

    @Test func providersAndErrorsAddFields() {
        struct Failure: Error, CustomStringConvertible {
            var description: String { "disk is full" }
        }
        let writer = CollectingWriter()
        var handler = DaemonLogHandler(label: "a", format: .journal, writer: writer, environment: [:])
        handler.metadataProvider = .init { ["job": "12"] }
        Logger(label: "a", factory: { _ in handler }).error("failed", error: Failure())
        #expect(writer.lines == ["<3>failed error=\"disk is full\" job=12\n"])
    }

    @Test func ambiguousValuesAreQuoted() {
        let values = ["", "a b", "a=b", "a\"b", "a\\b", "é/猫.mp4", "\u{A0}"]
        for (value, text) in zip(
            values, [#""""#, #""a b""#, #""a=b""#, #""a\"b""#, #""a\\b""#, "é/猫.mp4", "\"\u{A0}\""])
        {
            #expect(Self.lines(.journal) { $0.info("x", metadata: ["k": "\(value)"]) } == ["<6>x k=\(text)\n"])
        }
    }

    // MARK: Hostile text

    @Test(arguments: LogFormat.allCases)
    func oneRecordIsOneLine(_ format: LogFormat) {
        let lines = Self.lines(format) { logger in
            logger[metadataKey: Self.hostile] = "\(Self.hostile)"
            logger.info("\(Self.hostile)", metadata: ["list": ["\(Self.hostile)"], "map": [Self.hostile: "1"]])
        }
        #expect(lines.count == 1)
        for line in lines {
            #expect(line.hasSuffix("\n"))
            for scalar in line.unicodeScalars.dropLast() {
                let category = scalar.properties.generalCategory
                #expect(![.control, .format, .lineSeparator, .paragraphSeparator].contains(category))
            }
            // Readable text is not changed.
            #expect(line.contains("é 猫"))
        }
    }

    @Test func escapesCanBeReadBack() {
        let lines = Self.lines(.journal) { $0.info("a\\n\n\u{1B}") }
        #expect(lines == ["<6>a\\\\n\\n\\u{1b}\n"])
    }

    @Test(arguments: LogFormat.allCases, ["x", "\u{1B}", "\u{10FFFD}", "\"", "\u{E0001}"])
    func linesStayBelowTheJournalsLimit(_ format: LogFormat, _ character: String) throws {
        let long = String(repeating: character, count: 60_000)
        let metadata = Dictionary(
            uniqueKeysWithValues: (0..<100).map { ("\($0)" + long, Logger.MetadataValue(stringLiteral: long)) })
        let line = try #require(Self.lines(format) { $0.info("\(long)", metadata: metadata) }.first)
        #expect(line.utf8.count < 48 << 10)
        #expect(line.contains("more_fields"))
        if format == .json { _ = try Self.object(line) }
    }

    // MARK: Which format

    @Test func automaticIsJournalOnlyOnItsStream() throws {
        let directory = try TemporaryDirectory()
        let descriptor = open(directory.file("stream"), O_WRONLY | O_CREAT, 0o600)
        defer { close(descriptor) }
        var status = stat()
        try #require(fstat(descriptor, &status) == 0)
        let stream = "\(status.st_dev):\(status.st_ino)"
        func resolved(_ format: LogFormat, _ environment: [String: String]) -> LogFormat {
            format.resolved(environment, descriptor: descriptor)
        }
        #expect(resolved(.automatic, ["JOURNAL_STREAM": stream]) == .journal)
        #expect(resolved(.automatic, ["JOURNAL_STREAM": stream + "1"]) == .text)
        #expect(resolved(.automatic, ["JOURNAL_STREAM": ""]) == .text)
        #expect(resolved(.automatic, [:]) == .text)
        #expect(resolved(.json, ["JOURNAL_STREAM": stream]) == .json)
        #expect(LogFormat.automatic.resolved(["JOURNAL_STREAM": stream], descriptor: -1) == .text)
    }
}
