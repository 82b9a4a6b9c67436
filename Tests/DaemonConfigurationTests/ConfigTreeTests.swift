import Testing

@testable import DaemonConfiguration

@Suite struct ConfigTreeTests {
    @Test func entriesKeepTheFilesOrderAndLines() throws {
        let tree = try ConfigTree(
            yaml: "b:\n  y: 1\n  x: [1, 'two', ~]\na: {}\nc: ~\nd: 'null'\ne:\n", origin: "c.yaml")
        #expect(
            tree.entries == [
                .init(key: "b.y", value: .text("1"), line: 2),
                .init(key: "b.x", value: .list(["1", "two", ""]), line: 3),
                .init(key: "a", value: .emptySection, line: 4), .init(key: "c", value: .text(""), line: 5),
                .init(key: "d", value: .text("null"), line: 6), .init(key: "e", value: .text(""), line: 7),
            ])
        #expect(tree.origin(of: "b") == .file(line: 1) && tree.origin(of: "x") == nil)
    }

    @Test func optionsGoBeforeVariablesAndThoseBeforeTheFile() throws {
        var tree = try ConfigTree(yaml: "a: {b-c: 1, d: 1, e: 1}\n", origin: "c.yaml")
        for key in ["A_B_C", "A_D"] { tree.variables[key] = .init(name: "SALIENCYD_\(key)", text: "2") }
        tree.options = [("a.b-c", "3"), ("a.b_c", "4"), ("a.b-c", "5")]
        #expect(tree.value("a.b-c")?.value == .text("5") && tree.value("a.b-c")?.origin == .option)
        #expect(tree.value("a.d")?.value == .text("2") && tree.value("a.d")?.origin == .variable("SALIENCYD_A_D"))
        #expect(tree.value("a.e")?.value == .text("1") && tree.value("a.e")?.origin == .file(line: 1))
        #expect(tree.value("a.f") == nil)
    }

    @Test func namesAreTheFilesThenTheOptions() throws {
        var tree = try ConfigTree(
            yaml: "folders:\n  z: {}\n  a:\n    folder: /a\n    events: {file: /f}\n  m: 1\nfolder: {x: {y: 1}}\n",
            origin: "c")
        tree.options = [("folders.b.folder", "/b"), ("folders.a.settle", "1"), ("folders.b.settle", "1")]
        tree.variables["FOLDERS_C_FOLDER"] = .init(name: "SALIENCYD_FOLDERS_C_FOLDER", text: "/c")
        #expect(tree.names(below: "folders") == ["z", "a", "m", "b"])
        #expect(tree.origin(of: "folders.a") == .file(line: 3) && tree.origin(of: "folders.b") == .option)
    }

    @Test func listsInVariablesAreSplitAtCommas() {
        #expect(ConfigTree.items(of: "a, b c ,,d") == ["a", "b c", "", "d"])
        #expect(ConfigTree.items(of: "") == [""] && ConfigTree.items(of: "  ") == [""])
    }

    /// One long list to which thousands of keys refer would take gigabytes.
    @Test func repeatedListsEnd() {
        let items = (0..<5000).map(String.init).joined(separator: ", ")
        let error = #expect(throws: SettingsError.self) {
            try ConfigTree(yaml: "a: &a [\(items)]\nb: *a\nc: *a\n", origin: "c.yaml")
        }
        #expect(error?.reason == "has more than 10000 keys and items of lists")
    }

    @Test func nestingEnds() throws {
        func yaml(_ levels: Int) -> String {
            String(repeating: "{a: ", count: levels) + "1" + String(repeating: "}", count: levels)
        }
        #expect(try ConfigTree(yaml: yaml(8), origin: "c").entries.map(\.key) == ["a.a.a.a.a.a.a.a"])
        let error = #expect(throws: SettingsError.self) { try ConfigTree(yaml: yaml(9), origin: "c") }
        #expect(error?.reason.contains("too deep") == true)
    }

    @Test(arguments: [
        ("a: [1\nb: 2\n", 2, "is not YAML: while parsing a flow sequence did not find expected ',' or ']'"),
        ("a: 'x\n", 2, "is not YAML: while scanning a quoted scalar found unexpected end of stream"),
        (
            "a: 1\n\tb: 2\n", 2,
            "is not YAML: while scanning a plain scalar found a tab character that violates indentation"
        ),
        ("a: 1\nb: *c\n", 2, "is not YAML: found undefined alias"),
        ("a: &a [*a]\n", 1, "is not YAML: found undefined alias"),
        ("a: 1\n---\na: 2\n", 2, "is not YAML: expected a single document in the stream but found another document"),
        ("c: 1\nb: 2\na: 3\nb: 4\na: 5\n", 3, "says a, b twice"),
        ("- a\n", 1, "has to be keys and values, such as `model: builtin:motion`"),
        ("a: 1\n? [b]\n: 2\n", 2, "a key has to be a name without dots"),
    ])
    func whatIsNotReadIsSaidWithItsLine(yaml: String, line: Int, reason: String) {
        let error = #expect(throws: SettingsError.self) { try ConfigTree(yaml: yaml, origin: "c.yaml") }
        #expect(error?.line == line && error?.reason == reason, "\(String(describing: error))")
    }

    @Test func referencesStandForWhatWasNamedLast() throws {
        let tree = try ConfigTree(
            yaml: "\u{FEFF}# with a byte order mark\na: &x 1\nb: *x\nc: &x {y: 2}\nd: *x\n", origin: "c")
        #expect(tree.entries.map(\.key) == ["a", "b", "c.y", "d.y"])
        #expect(tree.value("b")?.value == .text("1") && tree.value("d.y")?.value == .text("2"))
        #expect(try ConfigTree(yaml: "", origin: "c").entries == [])
        #expect(try ConfigTree(yaml: "# nothing\n", origin: "c").entries == [])
    }

    /// libyaml itself has no limit, and an alias adds the levels of its node: a chain of aliases once overflowed the
    /// stack.
    @Test(arguments: [("- &a [x]\n", "- &a [*a]\n"), ("- &a {k: x}\n", "- &a {k: *a}\n")])
    func chainsOfAliasesAreRefused(first: String, next: String) {
        let error = #expect(throws: SettingsError.self) {
            try ConfigTree(yaml: "a:\n" + first + String(repeating: next, count: 100_000), origin: "c")
        }
        #expect(error?.reason == "is nested deeper than 100 levels" && (error?.line ?? 0) < 110)
    }

    @Test(arguments: [("a: ", "[\n "), ("a: ", "{a:\n "), ("a:\n", "- ")])
    func bottomlessNestingIsRefused(key: String, opening: String) {
        let error = #expect(throws: SettingsError.self) {
            try ConfigTree(yaml: key + String(repeating: opening, count: 100_000), origin: "c")
        }
        #expect(error?.reason == "is nested deeper than 100 levels")
    }
}
