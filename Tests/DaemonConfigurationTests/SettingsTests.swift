import Engine
import Foundation
import TestSupport
import Testing

@testable import DaemonConfiguration

@Suite("Configuration")
struct SettingsTests {
    let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func load(
        _ yaml: String, set: [String] = [], environment: [String: String] = [:]
    ) async throws -> Settings {
        try folder.write(Array(yaml.utf8), to: "saliencyd.yaml")
        return try await SettingsLoader(
            file: folder.file("saliencyd.yaml"), overrides: set, environment: environment
        ).load()
    }

    private func failure(
        _ yaml: String, set: [String] = [], environment: [String: String] = [:]
    ) async throws -> SettingsError {
        try await #require(throws: SettingsError.self) {
            try await load(yaml, set: set, environment: environment)
        }
    }

    @Test(arguments: [
        ("/in/a", "/in/a-annotated"), ("/in//a//", "/in/a-annotated"), ("/a", "/a-annotated"), ("//a/", "/a-annotated"),
    ])
    func outputsAreBesideTheFolder(_ folder: String, _ output: String) async throws {
        let settings = try await load("folders: {a: {folder: \"\(folder)\"}}")
        #expect(settings.dropFolders.map(\.output) == [output])
    }

    @Test func theDocumentedFileSaysTheDefaults() async throws {
        let documented = try await SettingsLoader(
            file: GoldenMaterial.path("../../systemd/saliencyd.yaml"), environment: [:]
        ).load()
        let minimal = try await load(
            """
            folders:
              inbox:
                folder: /var/lib/saliencyd/inbox
                output: /var/lib/saliencyd/outbox
                failed: /var/lib/saliencyd/failed
                done: /var/lib/saliencyd/done
            """)
        #expect(documented == minimal)
    }

    @Test(arguments: ["folders.inbox", "cameras.gate"])
    func aClassToExplainIsOneOfTheModel(_ key: String) async throws {
        let yaml = """
            folders: {inbox: {folder: /in, output: /out}}
            cameras: {gate: {url: "loop:/clip.mp4"}}
            """
        let manifest = ModelManifest(name: "random", classCount: 5, inputChannels: 3)
        for target in ["top1", "4", "contrast:0,4"] {
            try await load(yaml, set: ["\(key).target=\(target)"]).checkClasses(manifest)
        }
        for (target, reason) in [("5", "there is no class 5"), ("log-prob:walking", "no labels")] {
            let settings = try await load(yaml, set: ["\(key).target=\(target)"])
            let error = #expect(throws: SettingsError.self) { try settings.checkClasses(manifest) }
            #expect(
                error?.key == "\(key).target" && error?.reason.contains(reason) == true, "\(String(describing: error))")
        }
        let both = try await load(yaml, set: ["folders.inbox.target=5", "cameras.gate.target=6"])
        let error = try #require(throws: SettingsError.self) { try both.checkClasses(manifest) }
        #expect(error.all.map(\.key) == ["folders.inbox.target", "cameras.gate.target"])
    }

    /// The keys that are commented out in the documented file are tested too.
    @Test func everyDocumentedKeyMeansSomething() async throws {
        let text = String(decoding: try GoldenMaterial.bytes("../../systemd/saliencyd.yaml"), as: UTF8.self)
        let all = text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
            let body = line.drop { $0 == " " }
            guard body.hasPrefix("#"), body.dropFirst().first?.isLetter == true else { return String(line) }
            return String(line.prefix(line.count - body.count) + body.dropFirst())
        }
        let settings = try await load(all.joined(separator: "\n"))
        #expect(settings.labels == "/etc/saliencyd/labels.txt")
        #expect(settings.engine.threads == 4)
        #expect(settings.http.tokenFile == "/etc/saliencyd/token")
        #expect(settings.dropFolders.first?.annotation.sampling.window == 64)
        #expect(settings.dropFolders.first?.annotation.video.crf == 18)
        let gate = try #require(settings.cameras.first)
        #expect(gate.password == .file("/etc/saliencyd/secrets/gate"))
        #expect(gate.events.onClass == .any)
    }

    @Test func whatIsPrintedGivesTheSameAgain() async throws {
        let settings = try await load(
            """
            model: "it's: mine"
            state: /tmp/a b
            ledger: {keep-age: 30.5, keep-jobs: all}
            engine: {threads: 3, memory: low, jobs: 4}
            http:
              enabled: no
              port: 0
              tokens: {phone: {file: /t/phone}, desk: {file: /t/desk, roles: [control, read]}}
            logging: {level: debug, format: json}
            folders:
              a: {folder: /in/a, source: delete, settle: 0.5, container: webm, crf: 60, fps: native, target: "#5"}
              b_2:
                folder: "/in/b: c"
                stride: 8
                window: 16
                fps: 12.5
                opacity: 0.25
                burn-labels: true
                include: ["*.mp4", "it's, ?.mov"]
                exclude: [raw/*]
                subfolders: yes
                reannotate: true
            """)
        #expect(try await load(settings.text) == settings)
        #expect(settings.ledger == LedgerSettings(keepAge: 30.5, keepJobs: nil))
        #expect(settings.http.tokens.map(\.name) == ["phone", "desk"])
        #expect(settings.http.tokens.map(\.roles) == [[.read], [.control, .read]])
        #expect(settings.dropFolders.map(\.name) == ["a", "b_2"])
        #expect(settings.dropFolders[0].annotation.sampling.rate == .native)
        #expect(settings.dropFolders[1].annotation.sampling.rate == .framesPerSecond(12.5))
        #expect(settings.dropFolders[1].output == "/in/b_2-annotated")
        #expect(settings.dropFolders[1].names == NamePatterns(include: ["*.mp4", "it's, ?.mov"], exclude: ["raw/*"]))
        #expect(settings.dropFolders[1].hasSubfolders && settings.dropFolders[1].reannotates)
        #expect(!settings.dropFolders[0].hasSubfolders && !settings.dropFolders[0].reannotates)
    }

    /// A file that was emptied or cut short must not stop the watching.
    @Test(arguments: ["", "# folders: {a: {}}\n", "model: x\n", "http: {port: 1}\n"])
    func aConfigurationWithNothingToDoIsRefused(_ yaml: String) async throws {
        #expect(try await failure(yaml).reason.contains("neither folders nor cameras"))
        _ = try await load(yaml + "\nfolders: {}\n")
        _ = try await load(yaml, environment: ["SALIENCYD_WATCHES": "a", "SALIENCYD_WATCH_A_FOLDER": "/in"])
        // Commands that only connect to a daemon need neither.
        _ = try await SettingsLoader(file: folder.file("saliencyd.yaml"), environment: [:]).load(needsWork: false)
    }

    @Test(arguments: ["''", "/in/*.mp4", "raw/"])
    func aPatternIsOfNamesBelowTheFolder(_ pattern: String) async throws {
        let error = try await failure("folders:\n  a:\n    folder: /in\n    exclude: [\(pattern)]\n")
        #expect(error.line == 4 && error.reason.contains("*.mp4"), "\(error)")
    }

    /// Tests different paths to one folder: through links, and one folder inside the other.
    @Test(arguments: [
        ("b: {folder: ROOT/link}", "folders.b.folder", "folder of a"),
        ("b: {folder: ROOT/b, output: ROOT/link}", "folders.b.output", "a watches"),
        ("b: {folder: ROOT/in/b}", "folders.b.folder", "lies in the folder of a"),
        ("b: {folder: ROOT/b, failed: ROOT/link/failed}", "folders.b.failed", "with its subfolders"),
        ("b: {folder: ROOT}", "folders.b.folder", "holds the state folder"),
        ("b: {folder: ROOT/state-link}", "folders.b.folder", "holds the state folder"),
    ])
    func foldersAreToldApartByWhatTheyAre(_ second: String, _ key: String, _ reason: String) async throws {
        for name in ["in", "state"] { #expect(mkdir(folder.file(name), 0o777) == 0) }
        #expect(symlink("in", folder.file("link")) == 0 && symlink("state", folder.file("state-link")) == 0)
        let yaml = """
            state: ROOT/state
            folders:
              a: {folder: ROOT/in, subfolders: true}
              \(second)
            """.replacing("ROOT", with: folder.path)
        let error = try await failure(yaml)
        #expect(error.key == key && error.reason.contains(reason), "\(error)")
        #expect(error.line == 4)
    }

    /// Without subfolders, the files in subfolders of the drop folder are never read.
    @Test func anOutputMayLieInADropFolderWithoutSubfolders() async throws {
        _ = try await load("folders: {a: {folder: /in, output: /in/annotated}}")
    }

    @Test func environmentGoesBeforeTheFileAndOptionsBeforeBoth() async throws {
        let yaml = "http: {port: 1}\nfolders: {a-b: {folder: /x}}"
        #expect(try await load(yaml).http.port == 1)
        let environment = ["SALIENCYD_HTTP_PORT": "2", "SALIENCYD_FOLDERS_A_B_FOLDER": "/y", "HTTP_PORT": "9"]
        #expect(try await load(yaml, environment: environment).http.port == 2)
        #expect(try await load(yaml, environment: environment).dropFolders.first?.folder == "/y")
        #expect(try await load(yaml, set: ["http.port=3"], environment: environment).http.port == 3)
        #expect(try await load("", set: ["folders.a.folder=/z"]).dropFolders.first?.folder == "/z")
    }

    @Test(arguments: [
        ("model: x\nhttp:\n  port: many\n", 3, "http.port", "0 to 65535"),
        ("http:\n  prot: 1\n", 2, "http.prot", "did you mean port? There are address"),
        ("engine:\n  memory: huge\n", 2, "engine.memory", "fast, low"),
        ("folders: inbox\n", 1, "folders", "such as `folders: {inbox: {folder: /path}}`"),
        ("folders: [inbox]\n", 1, "folders", "such as `folders: {inbox: {folder: /path}}`"),
        ("folders:\n", 1, "folders", "has to be a map"),
        ("folders: {inbox: /in}\n", 1, "folders.inbox", "such as `folders: {inbox: {folder: /path}}`"),
        ("folders:\n  a: {}\n", 2, "folders.a", "needs folders.a.folder"),
        ("folders:\n  a:\n    settle: 1\n", 2, "folders.a", "needs folders.a.folder"),
        ("folders:\n  'a b': {folder: /in}\n", 2, "folders.a b", "letters"),
        ("engine:\n", 1, "engine", "has to be a map"), ("engine: 4\n", 1, "engine", "has to be a map"),
        ("model: ~\n", 1, "model", "no value"), ("model: {}\n", 1, "model", "not a map"),
        ("folders:\n  a:\n    folder: in\n", 3, "folders.a.folder", "begins with /"),
        ("watches: [a]\nwatch:\n  a: {folder: /in}\n  b: {folder: /out}\n", 4, "watch.b.folder", "unknown key"),
        ("folders:\n  a:\n    folder: /in\n    window: 8\n    stride: 9\n", 5, "folders.a.stride", "1 to 8"),
        ("folders:\n  a: {folder: /in, output: /in}\n", 2, "folders.a.output", "watches"),
        ("folders:\n  a: {folder: /in}\n  b: {folder: /in/}\n", 3, "folders.b.folder", "folder of a"),
        ("http:\n  address: 0.0.0.0\n", 2, "http.address", "token"),
        ("ledger:\n  keep-jobs: 10\n", 2, "ledger.keep-jobs", "all or a whole number from 1000"),
        ("http:\n  tokens: [a]\n", 2, "http.tokens", "such as `tokens: {phone: {file: /path}}`"),
        ("http:\n  tokens: {a: {}}\n", 2, "http.tokens.a", "http.tokens.a.file"),
        ("http:\n  address: 0.0.0.0\n  tokens: {a: {}}\n", 3, "http.tokens.a", "http.tokens.a.file"),
        ("http:\n  tokens: {default: {file: /a}}\n", 2, "http.tokens.default", "http.token-file"),
        ("http:\n  tokens: {a: {file: /a, roles: [write]}}\n", 2, "http.tokens.a.roles", "read, upload"),
        ("http:\n  address: localhost\n", 2, "http.address", "numeric"),
        (
            "folders:\n  a:\n    folder: /in\n    sign: signed\n", 4, "folders.a.sign",
            "\(SaliencyMethods.standard.name) has no"
        ),
        (
            "folders:\n  a:\n    folder: /in\n    method: gradient\n    sign: signed\n    colormap: jet\n",
            6,
            "folders.a.colormap", "coolwarm, bwr"
        ),
        (
            "folders:\n  a:\n    folder: /in\n    method: grad-cam\n    endpoint: Mixed_9z\n", 5,
            "folders.a.endpoint", "Mixed_4f"
        ),
        (
            "folders:\n  a:\n    folder: /in\n    method: occlusion\n    box: 16,56\n", 5, "folders.a.box",
            "such as 16,56,56"
        ),
        ("folders:\n  a:\n    folder: /in\n    fill: black\n", 4, "folders.a.fill", "occlusion"),
        (
            "folders:\n  a:\n    folder: /in\n    steps: 8\n", 4, "folders.a.steps",
            "not \(SaliencyMethods.standard.name)"
        ),
        (
            "folders:\n  a:\n    folder: /in\n    baseline: mean\n", 4, "folders.a.baseline",
            SaliencyMethods.standard.name
        ),
        (
            "folders:\n  a:\n    folder: /in\n    noise-average: sum\n", 4, "folders.a.noise-average",
            "squares"
        ),
        ("model:\n", 1, "model", "no value"), ("state: [/a]\n", 1, "state", "not a list"),
        ("http: {enabled: maybe}\n", 1, "http.enabled", "true or false"),
    ])
    func whatIsWrongIsNamed(_ yaml: String, _ line: Int, _ key: String, _ mention: String) async throws {
        let error = try await failure(yaml)
        #expect(error.line == line, "\(error)")
        #expect(error.key == key, "\(error)")
        #expect(error.reason.contains(mention), "\(error)")
        #expect(error.description.hasPrefix(folder.file("saliencyd.yaml")))
        // The consequences of an error are not reported as further errors.
        #expect(error.others.isEmpty, "\(error)")
    }

    @Test func everythingWrongIsSaidAtOnce() async throws {
        let error = try await failure(
            """
            modl: x
            engine: {memory: huge, jobs: 0}
            http:
              address: 0.0.0.0
              port: many
            folders:
              a:
                folder: in
                source: burn
                stride: 0
              d:
                settle: -1
              e:
                folder: /in
                method: guess
                steps: 8
                sign: signed
                colour: jet
              'b c':
                folder: /in
                window: 8
            cameras:
              gate:
                url: gopher://x
                lag: 61
                segments: s
                events: {file: /x, for: never}
              door: {url: "rtsp://x", publish: "rtsp://y", publish-password-file: /p, segments: /in}
            """, set: ["logging.level=loud", "nothing=1"], environment: ["SALIENCYD_STATE": "here"])
        let found = error.all.map { "\($0.line.map(String.init) ?? $0.origin) \($0.key ?? "")" }
        #expect(
            found == [
                "1 modl", "2 engine.memory", "2 engine.jobs", "4 http.address", "5 http.port", "8 folders.a.folder",
                "9 folders.a.source", "10 folders.a.stride", "11 folders.d", "12 folders.d.settle",
                "15 folders.e.method", "18 folders.e.colour", "19 folders.b c", "24 cameras.gate.url",
                "25 cameras.gate.lag", "26 cameras.gate.segments", "27 cameras.gate.events.for",
                "27 cameras.gate.events.file", "28 cameras.door.publish-password-file", "28 cameras.door.segments",
                "$SALIENCYD_STATE state", "--set logging.level", "--set nothing",
            ])
        let lines = error.description.split(separator: "\n")
        #expect(lines.first == "23 problems:" && lines.count == 24)
        #expect(lines.last == "  --set: nothing: unknown key; there are \(Self.topKeys)")
    }

    private static let topKeys = "cameras, folders, free-space, labels, model, quiet-hours, state"

    @Test func readingEndsWhenTooMuchIsWrong() async throws {
        let many = (0..<200).map { "x\($0): 1\n" }.joined()
        #expect(try await failure(many).others.count == SettingsReader.maximumProblems - 1)
    }

    @Test(arguments: [
        "a: b: c\n", "- 1\n", "a: 'b\n", "just words\n", "a: 1\na: 2\n", "[1]: 2\n", "\t\n", "x: [[1]]\n",
    ])
    func whatIsNoConfigurationHasALine(_ yaml: String) async throws {
        let error = try await failure(yaml)
        #expect(error.line != nil, "\(error)")
        #expect(!error.reason.isEmpty && !error.reason.contains("\n"), "\(error)")
    }

    @Test func valuesFromElsewhereAreNamedByWhereTheyCameFrom() async throws {
        let environment = ["SALIENCYD_HTTP_PORT": "x"]
        #expect(try await failure("", environment: environment).origin == "$SALIENCYD_HTTP_PORT")
        #expect(try await failure("", set: ["http.port=x"]).origin == "--set")
        #expect(try await failure("", set: ["http.prot=1"]).key == "http.prot")
        #expect(try await failure("", set: ["nonsense"]).reason.contains("KEY=VALUE"))
    }

    @Test func aMissingFileIsNamed() async throws {
        let path = folder.file("none.yaml")
        let error = await #expect(throws: SettingsError.self) {
            try await SettingsLoader(file: path, environment: [:]).load()
        }
        #expect(error?.description.contains("none.yaml") == true)
    }

    /// With aliases of aliases, a few bytes expand to millions of keys.
    @Test func referencesOfReferencesEnd() async throws {
        var yaml = "a0: &a0 {k: 1, l: 2, m: 3, n: 4, o: 5, p: 6, q: 7, r: 8, s: 9}\n"
        for level in 1..<8 {
            let inner = (0..<9).map { "k\($0): *a\(level - 1)" }.joined(separator: ", ")
            yaml += "a\(level): &a\(level) {\(inner)}\n"
        }
        #expect(try await failure(yaml).reason.isEmpty == false)
    }

    /// A file with damage anywhere is read or refused; it never ends the process.
    @Test func damagedFilesAreReadOrRefused() async throws {
        let bytes = try GoldenMaterial.bytes("../../systemd/saliencyd.yaml")
        var random = SeededGenerator(seed: 11)
        for _ in 0..<300 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            try folder.write(damaged, to: "damaged.yaml")
            do {
                _ = try await SettingsLoader(file: folder.file("damaged.yaml"), environment: [:]).load()
            } catch {
                #expect(error is SettingsError, "\(error)")
            }
        }
    }
}
