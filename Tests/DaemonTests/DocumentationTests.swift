import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import Daemon

/// The commands on the pages must parse.
@Suite struct DocumentationTests {
    private static let root = GoldenMaterial.directory.deletingLastPathComponent().deletingLastPathComponent()

    private static func page(_ name: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(name), encoding: .utf8)
    }

    private static func pages() throws -> [String] {
        let docs = try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent("docs").path)
        let methods = try FileManager.default.contentsOfDirectory(
            atPath: root.appendingPathComponent("docs/methods").path)
        let decisions = try FileManager.default.contentsOfDirectory(
            atPath: root.appendingPathComponent("docs/decisions").path)
        return ["README.md"] + docs.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
            + methods.filter { $0.hasSuffix(".md") }.sorted().map { "docs/methods/\($0)" }
            + decisions.filter { $0.hasSuffix(".md") }.sorted().map { "docs/decisions/\($0)" }
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

    /// If the commands of the first page are run in order, none finds its output taken by an earlier one.
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

    /// Links between the pages refer to existing files and headings.
    @Test func linksLeadSomewhere() throws {
        let manager = FileManager.default
        for page in try Self.pages() + ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
            let folder = Self.root.appendingPathComponent(page).deletingLastPathComponent()
            for match in try Self.page(page).matches(of: /\]\(([^)#:]*)(?:#([^)]*))?\)/) {
                let name = String(match.output.1)
                let target = name.isEmpty ? Self.root.appendingPathComponent(page) : folder.appendingPathComponent(name)
                #expect(manager.fileExists(atPath: target.path), "\(page) links to \(name)")
                guard let anchor = match.output.2, target.pathExtension == "md" else { continue }
                let anchors = try Self.anchors(String(contentsOf: target, encoding: .utf8))
                #expect(anchors.contains(String(anchor)), "\(page) links to \(name)#\(anchor)")
            }
        }
    }

    /// The index links to every page.
    @Test func theIndexNamesEveryPage() throws {
        let index = try Self.page("docs/README.md")
        let methods = try Self.page("docs/methods/README.md")
        for page in try Self.pages() where page != "README.md" && page != "docs/README.md" {
            let name = String(page.dropFirst("docs/".count))
            let isMethod = name.hasPrefix("methods/") && methods.contains("](\(name.dropFirst("methods/".count))")
            #expect(index.contains("](\(name)") || isMethod, "docs/README.md does not name \(page)")
        }
    }

    /// The anchors that GitHub gives a page's headings, and those that the page sets itself.
    private static func anchors(_ page: String) -> Set<String> {
        var anchors = Set(page.matches(of: /<a id="([^"]*)">/).map { String($0.output.1) })
        var isCode = false
        for line in page.split(separator: "\n") {
            if line.hasPrefix("```") { isCode.toggle() }
            guard !isCode, let heading = line.wholeMatch(of: /#+ (.*)/) else { continue }
            let kept = heading.output.1.lowercased().filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }
            anchors.insert(kept.replacingOccurrences(of: " ", with: "-"))
        }
        return anchors
    }
}
