import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import Daemon

/// What the pages tell users to type has to be understood.
@Suite struct DocumentationTests {
    private static let root = GoldenMaterial.directory.deletingLastPathComponent().deletingLastPathComponent()

    private static func page(_ name: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(name), encoding: .utf8)
    }

    private static func pages() throws -> [String] {
        let docs = try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent("docs").path)
        let methods = try FileManager.default.contentsOfDirectory(
            atPath: root.appendingPathComponent("docs/methods").path)
        return ["README.md"] + docs.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
            + methods.filter { $0.hasSuffix(".md") }.sorted().map { "docs/methods/\($0)" }
    }

    /// Indented lines that begin with the command's name; those with brackets show a syntax, not a command.
    private static func commands(_ name: String) throws -> [[String]] {
        try page(name).split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            guard line.hasPrefix("    "), let command = words.first, command.hasSuffix("saliencyd"),
                !line.contains("["), !line.contains("|"), !line.contains("…")
            else { return nil }
            return Array(words.dropFirst())
        }
    }

    @Test func everyCommandOfThePagesParses() throws {
        var count = 0
        for page in try Self.pages() {
            for arguments in try Self.commands(page) {
                #expect(throws: Never.self, "\(page): \(arguments.joined(separator: " "))") {
                    let command = try Main.parseAsRoot(arguments)
                    var problems = RequestProblems()
                    (command as? any CheckedCommand)?.checkOptions(&problems)
                    try problems.finish()
                }
                count += 1
            }
        }
        #expect(count >= 5)
    }

    /// Typed one after the other, no command of the first page finds its output taken by one before it.
    @Test func commandsOfTheFirstPageWriteDifferentFiles() throws {
        let requests = try Self.commands("README.md").compactMap {
            (try Main.parseAsRoot($0) as? AnnotateCommand)?.request
        }
        #expect(requests.count >= 2)
        #expect(Set(requests.map(\.output)).count == requests.count)
    }

    @Test func annotatePageNamesEveryOption() throws {
        try expectOptions(of: AnnotateCommand.self, named: "docs/annotate.md")
    }

    @Test func comparePageNamesEveryOption() throws {
        try expectOptions(of: CompareCommand.self, named: "docs/compare.md")
    }

    private func expectOptions(of command: (some ParsableCommand).Type, named name: String) throws {
        let page = try Self.page(name)
        let help = command.helpMessage(columns: 200)
        let options = help.split(separator: "\n").compactMap { line -> Substring? in
            line.split(separator: " ").first { $0.hasPrefix("--") }?.prefix { $0 != "," && $0 != "=" }
        }
        #expect(options.count >= 15)
        for option in options where !["--version", "--help"].contains(option) {
            #expect(page.contains(option), "\(name) does not name \(option)")
        }
    }

    /// Links between the pages lead somewhere.
    @Test func linksLeadSomewhere() throws {
        let manager = FileManager.default
        for page in try Self.pages() + ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
            let folder = Self.root.appendingPathComponent(page).deletingLastPathComponent()
            for match in try Self.page(page).matches(of: /\]\(([^)#:]+)(?:#[^)]*)?\)/) {
                let target = folder.appendingPathComponent(String(match.output.1)).path
                #expect(manager.fileExists(atPath: target), "\(page) links to \(match.output.1)")
            }
        }
    }
}
