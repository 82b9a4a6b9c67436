import ArgumentParser
import Engine
import Foundation
import TestSupport
import Testing

@testable import Daemon

/// The command line and the pages agree with the tables of methods and settings.
@Suite struct MethodTableTests {
    private static func page(_ name: String) throws -> String {
        try String(contentsOfFile: GoldenMaterial.path("../../\(name)"), encoding: .utf8)
    }

    /// The cells of a table's rows.
    private static func rows(_ page: String) throws -> [[String]] {
        try Self.page(page).split(separator: "\n").filter { $0.hasPrefix("|") }.map { line in
            line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    @Test("Every setting has an option with the help, default and values of the table", arguments: MethodSetting.all)
    func options(_ setting: MethodSetting) throws {
        let option = try #require(try OptionHelp(SaliencyOptions.self).option(setting.key), "--\(setting.key)")
        #expect(option.abstract == setting.help)
        #expect(option.valueName == setting.valueName)
        // For settings that are nil by default, the help states the method's own default.
        if let standard = option.defaultValue { #expect(standard == setting.standard) }
        if let words = option.allValues, setting != .attribution { #expect(words == setting.words) }
    }

    @Test("The common options of compare have the defaults of the table", arguments: MethodSetting.shared)
    func comparedOptions(_ setting: MethodSetting) throws {
        let option = try #require(try OptionHelp(CompareCommand.self).option(setting.key), "--\(setting.key)")
        if let standard = option.defaultValue { #expect(standard == setting.standard) }
        if let words = option.allValues { #expect(words == setting.words) }
    }

    @Test("All options of methods are in the table")
    func noOtherOptions() throws {
        let names = try OptionHelp(SaliencyOptions.self).options.compactMap(\.longName)
        let others = Set(names).subtracting(MethodSetting.all.map(\.key))
        #expect(others.subtracting(["help"]) == ["method", "target", "sign"])
    }

    @Test("Help names every method with its title and source")
    func methods() throws {
        let option = try #require(try OptionHelp(SaliencyOptions.self).option("method"))
        #expect(option.allValues == SaliencyMethods.all.map(\.name))
        let help = AnnotateCommand.helpMessage(columns: 200)
        for method in SaliencyMethods.all { #expect(help.contains("\(method.title) (\(method.source))")) }
    }

    @Test("Options reach the request")
    func parsed() throws {
        let arguments = [
            "--method", "xrai", "--attribution", "guided-ig", "--steps", "9", "--baseline", "mean", "--fraction", "0.5",
            "--max-distance", "0.125", "--regions", "fast", "--seed", "4",
        ]
        let request = try SaliencyOptions.parse(arguments).request
        #expect(request.problem == nil)
        for (option, value) in zip(arguments, arguments.dropFirst()) where option.hasPrefix("--") {
            guard let setting = MethodSetting.all.first(where: { "--\($0.key)" == option }) else { continue }
            #expect(setting.text(in: request.settings) == value, "\(option)")
        }
    }

    @Test("The pages name every method and its cost", arguments: SaliencyMethods.all)
    func pages(_ method: MethodDescriptor) throws {
        let row = try #require(
            try Self.rows("docs/methods/README.md").first { $0.count >= 5 && $0[0].contains("`\(method.name)`") },
            "docs/methods/README.md has no row for \(method.name)")
        #expect(row[1].contains("\(method.page).md"), "\(row)")
        let published = ClipShape(frames: 64, height: 224, width: 224, channels: 3)
        let cost = method.cost(with: MethodSettings(), shape: published).multiple
        #expect(row[4].prefix { $0.isNumber } == "\(cost)", "\(row)")
        let page = try Self.page("docs/methods/\(method.page).md")
        #expect(page.contains("`\(method.name)`") || page.contains("--method \(method.name)"))
        let options = try Self.rows("docs/annotate.md").first { $0[0] == "`--method`" }
        #expect(options?.contains { $0.contains("`\(method.name)`") } == true)
        #expect(try Self.page("tools/method_images.py").contains("\"--method\", \"\(method.name)\""))
    }

    @Test("The pages name every setting of a method", arguments: MethodSetting.all)
    func settingPages(_ setting: MethodSetting) throws {
        let options = try #require(
            try Self.rows("docs/annotate.md").first { row in
                ["`", " "].contains { row[0].contains("`--\(setting.key)\($0)") }
            }, "docs/annotate.md has no row for --\(setting.key)")
        // The values of longer lists, endpoints and methods, are on the pages of the methods.
        for word in setting.words.map({ $0.count < 5 ? $0 : [] }) ?? [] {
            #expect(options.contains { $0.contains("`\(word)`") }, "\(options) lacks \(word)")
        }
        guard ComparedMethods.settings.contains(setting) else { return }
        let row = try #require(
            try Self.rows("docs/compare.md").first { $0[0].hasPrefix("`\(setting.key)=") },
            "docs/compare.md has no row for \(setting.key)")
        let takers = SaliencyMethods.taking(setting)
        // A few values are listed, many are described.
        guard takers.count <= 3 else { return }
        for method in takers { #expect(row[1].contains("`\(method.name)`"), "\(row)") }
    }
}
