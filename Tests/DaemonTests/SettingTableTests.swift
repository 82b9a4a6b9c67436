import ArgumentParser
import Engine
import Foundation
import TestSupport
import Testing

@testable import Daemon
@testable import DaemonConfiguration

/// Tests that the options, the example configuration and the pages agree with the tables of settings.
@Suite struct SettingTableTests {
    /// A row of a table, described by its section and key.
    struct Row: Sendable, CustomTestStringConvertible {
        let section: String
        let key: String
        let standard: String?
        let bounds: String?

        var testDescription: String { section.isEmpty ? key : "\(section).\(key)" }

        /// Whether the bounds are short enough to be documented. Bounds of sizes in bytes and of ages in days are not:
        /// they only show that there is a limit.
        var hasReadableBounds: Bool { bounds.map { $0.split(separator: " ").allSatisfy { $0.count <= 6 } } ?? false }

        static func rows<Root>(_ section: String, _ table: [Setting<Root>], _ standard: Root) -> [Row] {
            table.map {
                let value = $0.value(standard)?.text
                return Row(
                    section: section, key: $0.key, standard: value?.isEmpty == true ? nil : value, bounds: $0.bounds)
            }
        }
    }

    private static let events = Row.rows("cameras.gate.events", EventSettings.table, EventSettings())
    private static let cameras = Row.rows("cameras.gate", CameraSettings.table, .standard)
    private static let dropFolders =
        Row.rows(
            "folders.inbox", DropFolderSettings.table,
            DropFolderSettings(name: "inbox", folder: "/var/lib/saliencyd/inbox"))
        + Row.rows("folders.inbox.events", JobEventSettings.table, JobEventSettings())
    private static let annotation = Row.rows("folders.inbox", AnnotationSettings.tableOfFiles, AnnotationSettings())
    private static let mqtt = Row.rows(
        "mqtt", MQTTSettings.table, MQTTSettings(address: .none, clientID: "saliencyd-HOSTNAME"))
    private static let all =
        Row.rows("", Settings.table, Settings()) + mqtt + dropFolders + annotation + cameras + events

    // MARK: The example configuration

    /// A line of the example configuration, commented out or not: a key, a value and the comment that explains it.
    private struct Line {
        var path: String
        var value: String
        var comment: String
    }

    private static let lines: [Line] = {
        guard let text = try? page("systemd/saliencyd.yaml") else { return [] }
        var names: [(indent: Int, name: String)] = []
        return text.split(separator: "\n").compactMap { line in
            guard let match = line.wholeMatch(of: /( *)#?([a-z][a-z-]*):(?: +([^#]*?))?(?: +#(.*))?/) else {
                return nil
            }
            let indent = match.output.1.count
            names.removeAll { $0.indent >= indent }
            names.append((indent, String(match.output.2)))
            return Line(
                path: names.map(\.name).joined(separator: "."), value: String(match.output.3 ?? ""),
                comment: String(match.output.4 ?? ""))
        }
    }()

    @Test("The example configuration has every setting, with its default and its bounds", arguments: all)
    func example(_ row: Row) throws {
        // The settings of methods, and the second place of a password, have no lines of their own: a comment names
        // them.
        let isOfMethod = row.section == "folders.inbox" && MethodSetting.all.contains { $0.key == row.key }
        if isOfMethod || row.key == "password-variable" {
            #expect(try Self.page("systemd/saliencyd.yaml").contains(row.key))
            return
        }
        let line = try #require(Self.lines.first { $0.path == row.testDescription })
        if let standard = row.standard, !standard.hasPrefix("/") {
            let shown = line.value.trimmingCharacters(in: CharacterSet(charactersIn: "[]\" "))
            let isShown =
                shown.replacing(", ", with: ",") == standard || Double(shown) == (Double(standard) ?? .nan)
                || line.comment.contains("(\(standard))")
            #expect(isShown, "\(line.value) is no standard, and no (\(standard)) follows")
        }
        if row.hasReadableBounds, let bounds = row.bounds { #expect(line.comment.contains(bounds), "\(line.comment)") }
    }

    @Test("The example configuration has no setting that is not in the tables")
    func noOtherKeys() {
        let known = Set(Self.all.map(\.testDescription))
        let sections = ["ledger", "engine", "http", "logging", "mqtt", "folders", "cameras"]
        for line in Self.lines
        where !line.value.isEmpty && !line.path.contains(".zones.") && !line.path.contains(".masks.") {
            let isOther = line.path.hasPrefix("http.tokens.") || sections.contains(line.path)
            #expect(known.contains(line.path) || isOther, "\(line.path)")
        }
    }

    // MARK: The pages

    private static func page(_ name: String) throws -> String {
        try String(contentsOfFile: GoldenMaterial.path("../../\(name)"), encoding: .utf8)
    }

    /// The cells of a page's rows that begin with a key.
    private static func rows(_ page: String) -> [[String]] {
        ((try? Self.page(page)) ?? "").split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
            line.split(separator: "|", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    private static let cameraRows = rows("docs/cameras.md")
    private static let mqttRows = rows("docs/mqtt.md")

    private func expectRow(_ row: Row, in rows: [[String]], of page: String) throws {
        let cells = try #require(
            rows.first { $0.count > 3 && $0[1].contains("`\(row.key)`") }, "\(page) has no row with \(row.key)")
        if let standard = row.standard {
            let shown = cells[2].filter { $0 != "`" }
            let isShown = shown == standard || Double(shown) == (Double(standard) ?? .nan)
            #expect(isShown, "\(page) says \(cells[2]), not \(standard)")
        }
        if row.hasReadableBounds, let bounds = row.bounds {
            #expect(cells[3].contains(bounds), "\(page) does not say \(bounds): \(cells[3])")
        }
    }

    @Test("The page about cameras documents their settings", arguments: cameras + events)
    func cameraPage(_ row: Row) throws { try expectRow(row, in: Self.cameraRows, of: "docs/cameras.md") }

    @Test("The page about MQTT documents its settings", arguments: mqtt)
    func mqttPage(_ row: Row) throws { try expectRow(row, in: Self.mqttRows, of: "docs/mqtt.md") }

    // MARK: The options

    @Test("Options of a live stream have the help and the default of the table, and each help has an option")
    func liveOptions() throws {
        let help = try OptionHelp(StreamOptions.self).options + OptionHelp(RecordingOptions.self).options
        try expectOptions(help, CameraSettings.table, .standard)
    }

    @Test("Options of annotations have the help and the default of the table, and each help has an option")
    func annotationOptions() throws {
        let help =
            try OptionHelp(SamplingOptions.self).options + OptionHelp(SaliencyOptions.self).options
            + OptionHelp(DrawingOptions.self).options + OptionHelp(EncodingOptions.self).options
            + OptionHelp(AudioOptions.self).options
        let table = AnnotationSettings.tableOfFiles.filter { setting in
            !MethodSetting.all.contains { $0.key == setting.key }
        }
        try expectOptions(help, table, AnnotationSettings())
    }

    private func expectOptions<Root>(_ options: [OptionHelp.Argument], _ table: [Setting<Root>], _ standard: Root)
        throws
    {
        for setting in table where setting.help != nil {
            let option = try #require(options.first { $0.longName == setting.key }, "--\(setting.key)")
            #expect(option.abstract == setting.fullHelp)
            if let name = setting.valueName { #expect(option.valueName == name) }
            if let shown = option.defaultValue { #expect(shown == setting.value(standard)?.text, "--\(setting.key)") }
        }
        for option in options {
            guard let name = option.longName, let setting = table.first(where: { $0.key == name }) else { continue }
            // Flags have their help where they are declared.
            #expect(setting.help != nil || option.kind == "flag", "--\(name)")
        }
    }

    @Test(
        "An option allows the same values as the configuration",
        arguments: [
            (["live", "rtsp://h/p", "--lag", "61"], "--lag has to be a number from 0.1 to 60, not 61.0"),
            (
                ["live", "rtsp://h/p", "--open-timeout", "0"],
                "--open-timeout has to be a number from 1 to 300, not 0.0"
            ),
            (["live", "rtsp://h/p", "--stall", "0.1"], "--stall has to be a number from 0.5 to 600, not 0.1"),
            (["live", "rtsp://h/p", "--segment-length", "0"], "--segment-length has to be a number from 1 to 86400"),
            (["live", "rtsp://h/p", "--keep-age", "0"], "--keep-age has to be a number from 0.001 to 36500, not 0.0"),
            (["live", "rtsp://h/p", "--keep-bytes", "9"], "--keep-bytes has to be a whole number from 1048576 to"),
            (["annotate", "a", "--window", "5000"], "--window has to be a whole number from 1 to 4096, not 5000"),
            (
                ["annotate", "a", "--window", "8", "--stride", "9"],
                "--stride has to be a whole number from 1 to 8, not 9"
            ),
            (["annotate", "a", "--short-side", "31"], "--short-side has to be a whole number from 32 to 4096, not 31"),
            (["annotate", "a", "--stream", "64"], "--stream has to be a whole number from 0 to 63, not 64"),
            (["annotate", "a", "--opacity", "1.5"], "--opacity has to be a number from 0 to 1, not 1.5"),
            (["annotate", "a", "--crf", "52"], "--crf has to be a whole number from 0 to 51, not 52"),
            (["annotate", "a", "--output", "b.webm", "--crf", "64"], "--crf has to be a whole number from 0 to 63"),
            (
                ["annotate", "a", "--trust", "--trust-windows", "9"],
                "--trust-windows has to be a whole number from 1 to 8"
            ),
            (["annotate", "a", "--colormap", "bwr"], "--colormap"),
        ])
    func refused(_ arguments: [String], _ mention: String) throws {
        let command = try #require(try Main.parseAsRoot(arguments) as? any CheckedCommand)
        var problems = RequestProblems()
        command.checkOptions(&problems)
        let error = try #require(throws: (any Error).self) { try problems.finish() }
        #expect("\(error)".contains(mention), "\(error)")
    }

    @Test("The largest constant quality of WebM is allowed for WebM")
    func webmQuality() throws {
        let command = try #require(
            try Main.parseAsRoot(["annotate", "a", "--output", "b.webm", "--crf", "63"]) as? any CheckedCommand)
        var problems = RequestProblems()
        command.checkOptions(&problems)
        #expect(throws: Never.self) { try problems.finish() }
    }
}
