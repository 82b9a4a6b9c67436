import TestSupport
import Testing

@testable import Daemon
@testable import DaemonConfiguration

/// Tests lists of names with separate sections, which only this version still reads.
@Suite struct OldFormTests {
    let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func load(
        _ yaml: String, set: [String] = [], environment: [String: String] = [:]
    ) async throws -> SettingsLoader.Loaded {
        try folder.write(Array(yaml.utf8), to: "c.yaml")
        return try await SettingsLoader(
            file: folder.file("c.yaml"), overrides: set, environment: environment
        ).loadWithWarnings()
    }

    private static let old = """
        http:
          tokens: [phone, desk]
          token:
            desk: {file: /t/desk, roles: [control, read]}
            phone: {file: /t/phone}
        watches: [b, a-1]
        watch:
          a-1: {folder: /in/a, settle: 1}
          b: {folder: /in/b, include: ["*.mp4"]}
        camera:
          gate: {url: "rtsp://gate.example/x", events: {change: true, file: /e}}
        cameras: [gate]
        """
    private static let new = """
        http: {tokens: {phone: {file: /t/phone}, desk: {file: /t/desk, roles: [control, read]}}}
        folders:
          b: {folder: /in/b, include: ["*.mp4"]}
          a-1: {folder: /in/a, settle: 1}
        cameras: {gate: {url: "rtsp://gate.example/x", events: {change: true, file: /e}}}
        """

    @Test func theOldFormGivesTheSameSettingsAndAWarning() async throws {
        let (old, new) = (try await load(Self.old), try await load(Self.new))
        #expect(old.settings == new.settings && new.warnings == [])
        #expect(new.settings.dropFolders.map(\.name) == ["b", "a-1"])
        #expect(old.warnings.map(\.line) == [6, 11, 2])
        #expect(old.warnings.allSatisfy { $0.origin == folder.file("c.yaml") })
        let example = "write `folders: {inbox: {folder: /path}}`; the next version will not read the old form"
        #expect(old.warnings[0].text == "watches and watch are now one map: \(example)")
        #expect(old.warnings[2].text.contains("http: {tokens: {phone: {file: /path}}}"))
    }

    @Test func optionsAndVariablesOfTheOldFormApply() async throws {
        for yaml in [Self.old, Self.new] {
            let environment = ["SALIENCYD_WATCH_A_1_SETTLE": "2", "SALIENCYD_CAMERA_GATE_LAG": "3"]
            let loaded = try await load(yaml, set: ["watch.b.settle=4", "watch.b.settle=5"], environment: environment)
            #expect(loaded.settings.dropFolders.map(\.settle) == [5, 2] && loaded.settings.cameras.map(\.lag) == [3])
            let others = loaded.warnings.filter { $0.line == nil }.map(\.description)
            #expect(
                Set(others) == [
                    "--set: watch.b.settle is now folders.b.settle; the next version will not read the old key",
                    """
                    $SALIENCYD_WATCH_A_1_SETTLE: is now $SALIENCYD_FOLDERS_A_1_SETTLE; the next version will not read \
                    the old name
                    """,
                    """
                    $SALIENCYD_CAMERA_GATE_LAG: is now $SALIENCYD_CAMERAS_GATE_LAG; the next version will not read the \
                    old name
                    """,
                ])
        }
        let error = await #expect(throws: SettingsError.self) {
            try await load(Self.old, environment: ["SALIENCYD_WATCH_B_SETTLE": "soon"])
        }
        #expect(error?.origin == "$SALIENCYD_WATCH_B_SETTLE" && error?.key == "folders.b.settle")
    }

    @Test func aSettingWithAnotherNameIsReadWithAWarning() async throws {
        let yaml = "cameras:\n  gate:\n    url: /dev/video0\n    record: /r\n  yard: {url: /dev/video1}\n"
        let loaded = try await load(
            yaml, set: ["cameras.yard.record=/y"], environment: ["SALIENCYD_CAMERAS_GATE_RECORD": "/e"])
        #expect(loaded.settings.cameras.map(\.logFile) == ["/e", "/y"])
        #expect(
            loaded.warnings.map(\.description).sorted() == [
                "$SALIENCYD_CAMERAS_GATE_RECORD: is now $SALIENCYD_CAMERAS_GATE_LOG_FILE; the next version will not read the old name",
                "--set: cameras.yard.record is now cameras.yard.log-file; the next version will not read the old key",
                "\(folder.file("c.yaml")):4: cameras.gate.record is now cameras.gate.log-file; the next version will not read the old key",
            ])
        // If both keys are present, the old one is an unknown key.
        let both = yaml.replacing("record: /r", with: "record: /r\n    log-file: /l")
        let error = try await #require(throws: SettingsError.self) { try await load(both) }
        #expect(error.key == "cameras.gate.record" && error.line == 4, "\(error)")
    }

    @Test func listsFromOtherSourcesApply() async throws {
        let environment = [
            "SALIENCYD_WATCHES": "a, b", "SALIENCYD_WATCH_A_FOLDER": "/a", "SALIENCYD_WATCH_B_FOLDER": "/b",
        ]
        let loaded = try await load("", environment: environment)
        #expect(loaded.settings.dropFolders.map(\.folder) == ["/a", "/b"])
        #expect(loaded.warnings.first?.origin == "$SALIENCYD_WATCHES")
        let set = try await load("", set: ["cameras=a", "camera.a.url=/dev/video0"])
        #expect(set.settings.cameras.map(\.name) == ["a"] && set.warnings.first?.origin == "--set")
    }

    @Test func anEmptyListIsPossible() async throws {
        for yaml in ["watches: []\n", "cameras: []\n", "watches: []\ncameras: []\n"] {
            let loaded = try await load(yaml)
            #expect(loaded.settings.dropFolders.isEmpty && loaded.settings.cameras.isEmpty)
            #expect(loaded.warnings.first?.line == 1)
        }
        let none = try await load("folders: {}\n")
        #expect(none.settings.dropFolders.isEmpty && none.warnings.isEmpty)
    }

    /// Errors give the line of the old form and the new key.
    @Test(arguments: [
        ("watches: [a]\nwatch:\n  a:\n    folder: in\n", 4, "folders.a.folder"),
        ("watches: [a]\n", 1, "folders.a"), ("watches: ['a b']\n", 1, "folders.a b"),
        ("watches: [a]\nwatch:\n  a:\n    folder: /in\n    mode: x\n", 5, "folders.a.mode"),
        ("watches: [a]\nwatch: {a: {folder: /a}}\nfolders: {a: {folder: /b}}\n", 2, "watch.a.folder"),
        ("cameras: [a]\ncamera:\n  a: {url: /dev/video0}\n  b: {url: /dev/video1}\n", 4, "camera.b.url"),
        ("cameras: [a]\ncamera: {a: {url: /dev/video0, masks: [m]}}\n", 2, "cameras.a.masks"),
    ])
    func whatIsWrongInTheOldFormIsNamed(_ yaml: String, _ line: Int, _ key: String) async throws {
        let error = try await #require(throws: SettingsError.self) { try await load(yaml) }
        #expect(error.line == line && error.key == key && error.others.isEmpty, "\(error)")
    }

    @Test func checkPrintsTheNewFormAndTheWarning() async throws {
        try folder.write(Array(Self.old.utf8), to: "c.yaml")
        let run = try await CommandRun.saliencyd("check", "--config", folder.file("c.yaml"))
        #expect(run.status == 0)
        #expect(run.standardError.contains("warning: \(folder.file("c.yaml")):6: watches and watch are now one map"))
        let printed = try await load(run.standardOutput)
        let new = try await load(Self.new)
        #expect(printed.warnings == [] && printed.settings == new.settings)
    }
}
