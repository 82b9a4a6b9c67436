import Engine
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration

@Suite struct CameraSettingsTests {
    let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func load(_ yaml: String, set: [String] = []) async throws -> Settings {
        try folder.write(Array(yaml.utf8), to: "saliencyd.yaml")
        return try await SettingsLoader(
            file: folder.file("saliencyd.yaml"), overrides: set, environment: [:]
        ).load()
    }

    /// A camera named gate with these lines, from line 4 on.
    private func gate(_ lines: String...) -> String {
        "cameras:\n  gate:\n    url: rtsp://cam.example/live\n"
            + lines.map { "    \($0)\n" }.joined()
    }

    @Test func anAddressIsEnough() async throws {
        let settings = try await load(gate())
        #expect(
            settings.cameras == [
                CameraSettings.sample { $0.url = SecretAddress("rtsp://cam.example/live") }
            ])
        #expect(settings.dropFolders == [])
    }

    /// All keys; the password in the address is the only thing that is not printed.
    @Test func whatIsPrintedGivesTheSameAgain() async throws {
        let settings = try await load(
            """
            cameras:
              gate:
                url: "rtsp://cam.example:554/live?channel=***"
                user: "it's me"
                password-file: /etc/saliencyd/gate
                transport: multicast
                snapshot-interval: 2.5
                stamps: arrival
                tls: any
                open-timeout: 5
                stall: 1.5
                latency: low
                lag: 0.5
                stride: 48
                segments: /srv/gate
                segment-length: 10
                keep-age: 30
                keep-bytes: 1000000000
                sound: no
                publish: /srv/hls
                preview-rate: 12.5
                log-file: /srv/gate.ndjson
                window: 32
                burn-labels: true
                outline-zones: true
                masks:
                  clock: {points: "0,0 0.3,0 0.3,0.1 0,0.1"}
                  tree_1:
                    points: 0.5,0.5 1,0.5 1,1
                zones:
                  door:
                    points: "0,0 0.5,0 0.5,1"
                    share-above: 0.4
                    on-class: [walking fast, "3"]
                  yard: {points: "0,0 1,0 1,1 0,1"}
                events:
                  file: /srv/events.ndjson
                  webhook: http://example.com/hook
                  tls: "sha256:\(String(repeating: "0F:", count: 31))0f"
                  hook: /usr/local/bin/hook
                  clips: /srv/clips
                  on-class: [walking fast, "3", "it's"]
                  change: true
                  mass-above: 0.5
                  mass-below: 0.001
                  for: 2
                  pre-roll: 0
                  post-roll: 60
                  quiet: 0
              yard_2:
                url: srt://yard.example:9000
                stall: automatic
                stride: automatic
                ca-file: /etc/ssl/yard.pem
                publish: rtsp://server.example/yard
                publish-tls: verify
                publish-ca-file: /etc/ssl/publish.pem
                publish-user: me
                publish-password-file: /etc/saliencyd/publish
                password-variable: YARD_PASSWORD
                events: {on-class: any}
            """)
        #expect(try await load(settings.text) == settings)
        let (gate, yard) = (settings.cameras[0], settings.cameras[1])
        #expect(gate.trust == .any && yard.trust == .verified(authorities: "/etc/ssl/yard.pem"))
        #expect(gate.events.trust == .fingerprint(String(repeating: "0f", count: 32)))
        #expect(gate.masks.map(\.name) == ["clock", "tree_1"] && gate.masks[1].polygon.points.count == 3)
        #expect(gate.zones.map(\.name) == ["door", "yard"] && gate.zones.map(\.shareAbove) == [0.4, nil])
        #expect(gate.zones[0].onClass == .named(["walking fast", "3"]) && gate.zones[1].onClass == nil)
        #expect(gate.liveRequest.regions.masks == gate.masks && gate.liveRequest.regions.outlinesZones)
        #expect(gate.liveRequest.regions.zones == gate.zones.map(\.region))
        #expect(yard.publishTrust == .verified(authorities: "/etc/ssl/publish.pem"))
        #expect(gate.password == .file("/etc/saliencyd/gate"))
        #expect(gate.stall == 1.5 && gate.annotation.sampling.stride == 48 && gate.annotation.sampling.window == 32)
        #expect(gate.events.onClass == .named(["walking fast", "3", "it's"]))
        #expect(gate.stamps == .arrival && gate.liveOptions.stamps == .arrival && yard.stamps == .source)
        #expect(gate.sound == false && gate.keepAge == 30 && gate.publish?.text == "/srv/hls")
        #expect(gate.folders.map(\.path) == ["/srv/gate", "/srv/clips", "/srv/hls"])
        #expect(yard.password == .variable("YARD_PASSWORD"))
        #expect(yard.stall == nil && yard.annotation.sampling.stride == nil && yard.events.onClass == .any)
        #expect(yard.folders.isEmpty)
    }

    @Test func secretsAreKeptAndNotPrinted() async throws {
        let settings = try await load(
            gate(
                "publish: rtmp://live.example/app/hunter2", "events:", "  change: true",
                "  webhook: https://u:hunter2@hooks.example/x?token=hunter2"
            ).replacing("rtsp://", with: "rtsp://admin:hunter2@"))
        let camera = settings.cameras[0]
        #expect(camera.url.text == "rtsp://admin:hunter2@cam.example/live")
        #expect(camera.events.webhook?.text == "https://u:hunter2@hooks.example/x?token=hunter2")
        for text in [settings.text, "\(settings)", String(reflecting: settings)] {
            #expect(!text.contains("hunter2"), "\(text)")
            #expect(text.contains("rtsp://***@cam.example/live"))
        }
        #expect(try await load(settings.text).cameras.map(\.name) == ["gate"])
    }

    @Test func theCheckCommandPrintsNoSecrets() async throws {
        let yaml = gate().replacing("rtsp://", with: "rtsp://admin:hunter2@")
        for (text, status) in [(yaml, 0), (yaml + "    lag: none\n", 78), (yaml.replacing("rtsp:", with: "rtp:"), 78)] {
            try folder.write(Array(text.utf8), to: "saliencyd.yaml")
            let run = try await CommandRun.saliencyd("check", "--config", folder.file("saliencyd.yaml"))
            #expect(run.status == Int32(status), "\(run.standardError)")
            #expect(!(run.standardOutput + run.standardError).contains("hunter2"), "\(run.standardError)")
        }
    }

    @Test(arguments: [
        ("user: ''", "user", "no value"), ("password-variable: 1x", "password-variable", "name of a variable"),
        ("password-variable: hunter-2", "password-variable", "name of a variable"),
        ("password-file: /x", "password-file", "gate.user"), ("password-variable: X", "password-variable", "gate.user"),
        ("password-file: x", "password-file", "begins with /"),
        ("transport: sctp", "transport", "automatic, tcp, udp, multicast"),
        ("snapshot-interval: 0.01", "snapshot-interval", "0.05 to 3600"),
        ("stamps: camera", "stamps", "source, arrival"),
        ("tls: no", "tls", "verify, any, or the SHA-256"), ("tls: '12:34'", "tls", "64 hexadecimal digits"),
        ("ca-file: x", "ca-file", "begins with /"), ("{ca-file: /x, tls: any}", "tls", "verify alone"),
        ("publish-tls: '\(String(repeating: "ab", count: 32))'", "publish-tls", "verify or any"),
        ("events: {tls: none}", "events.tls", "verify, any"),
        ("open-timeout: 0.5", "open-timeout", "1 to 300"), ("open-timeout: 301", "open-timeout", "1 to 300"),
        ("stall: 0.4", "stall", "automatic or a number from 0.5 to 600"), ("stall: 601", "stall", "0.5 to 600"),
        ("stall: never", "stall", "automatic"), ("backoff: 0.5", "backoff", "1 to 3600"),
        ("latency: none", "latency", "smooth, low"),
        ("lag: 0", "lag", "0.1 to 60"), ("lag: 61", "lag", "0.1 to 60"), ("lag: nan", "lag", "0.1 to 60"),
        ("stride: 0", "stride", "automatic or a whole number from 1 to 4096"), ("stride: 4097", "stride", "4096"),
        ("segments: here", "segments", "begins with /"), ("segment-length: 0.5", "segment-length", "1 to 86400"),
        ("keep-age: 0", "keep-age", "0.001 to"), ("keep-bytes: 1000", "keep-bytes", "1048576 to"),
        ("sound: loud", "sound", "true or false"), ("publish: here", "publish", "address"),
        ("publish-user: x", "publish-user", "gate.publish"),
        ("publish-password-file: /x", "publish-password-file", "gate.publish"),
        ("publish: http://x/y", "publish", "rtmp, rtmps, rtsp, udp, srt"),
        ("{publish: rtsp://x, publish-password-file: /x}", "publish-password-file", "gate.publish-user"),
        ("{publish: /x, publish-user: u}", "publish-user", "a folder takes no"),
        ("{publish: udp://x:1, publish-password-file: /x}", "publish-password-file", "no user or password"),
        ("preview-rate: 31", "preview-rate", "0.1 to 30"), ("log-file: x", "log-file", "begins with /"),
        ("crf: 52", "crf", "0 to 51"), ("container: mp4", "container", "unknown key"),
        ("nonsense: 1", "nonsense", "unknown key; there are"), ("events: {file: x}", "events.file", "begins with /"),
        ("events: {file: /x}", "events.file", "on-class, change"), ("events: {clips: /x}", "events.clips", "on-class"),
        ("events: {webhook: ftp://x, change: true}", "events.webhook", "http://"),
        ("events: {hook: x}", "events.hook", "begins with /"),
        ("events: {on-class: walking}", "events.on-class", "any"),
        ("events: {on-class: ['']}", "events.on-class", "list of labels"),
        ("events: {change: perhaps}", "events.change", "true or false"),
        ("events: {mass-above: -1}", "events.mass-above", "0 to"),
        ("events: {mass-below: x}", "events.mass-below", "0 to"), ("events: {for: -1}", "events.for", "0 to"),
        ("events: {pre-roll: 61}", "events.pre-roll", "0 to 60"),
        ("events: {post-roll: 61}", "events.post-roll", "0 to 60"),
        ("events: {quiet: -1}", "events.quiet", "0 to"),
        ("events: {onclass: any}", "events.onclass", "unknown key"),
    ])
    func whatIsWrongIsNamed(_ line: String, _ key: String, _ mention: String) async throws {
        let lines = line.hasPrefix("{") ? line.dropFirst().dropLast().split(separator: ", ").map(String.init) : [line]
        let yaml = gate() + lines.map { "    \($0)\n" }.joined()
        let error = try await #require(throws: SettingsError.self, "\(line)") { try await load(yaml) }
        #expect(error.line == 3 + lines.count, "\(error)")
        #expect(error.key == "cameras.gate.\(key)", "\(error)")
        #expect(error.reason.contains(mention), "\(error)")
        #expect(error.others.isEmpty, "\(error)")
    }

    @Test(arguments: [
        ("{outline-zones: perhaps}", "outline-zones", "true or false"),
        ("{masks: [a]}", "masks", "such as `masks: {left: {points:"), ("{masks: a}", "masks", "has to be a map"),
        ("{masks: {a: {}}}", "masks.a", "needs cameras.gate.masks.a.points"),
        ("{masks: {a/b: {}}}", "masks.a/b", "letters"),
        ("{zones: {a: {}}}", "zones.a", "needs cameras.gate.zones.a.points"),
        ("{masks: {a: {points: '0,0 1,0'}}}", "masks.a.points", "3 to 64 points, not 2"),
        ("{masks: {a: {points: '0,0 1,0 1,2'}}}", "masks.a.points", "from 0 to 1"),
        ("{masks: {a: {points: '0 0 1 0 1 1'}}}", "masks.a.points", "points such as"),
        ("{masks: {a: {points: '0,0 1,0 0.5,0'}}}", "masks.a.points", "no area"),
        ("{masks: {a: {points: ['0,0', '1,0']}}}", "masks.a.points", "one value"),
        ("{mask: {a: {points: '0,0 1,0 1,1'}}}", "mask.a.points", "unknown key"),
        ("{masks: {a: {points: '0,0 1,0 1,1', share-above: 1}}}", "masks.a.share-above", "unknown key"),
        ("{zones: {a: {points: '0,0 1,0 1,1', share-above: 2}}}", "zones.a.share-above", "0 to 1"),
        ("{zones: {a: {points: '0,0 1,0 1,1', on-class: any}}}", "zones.a.on-class", "zones.a.share-above"),
        ("{zones: {a: {points: '0,0 1,0 1,1', share-above: 1, on-class: x}}}", "zones.a.on-class", "has to be any"),
        ("{zones: {a: {points: '0,0 1,0 1,1'}}, events: {file: /x}}", "events.file", "share-above"),
    ])
    func whatIsWrongWithMasksAndZonesIsNamed(_ lines: String, _ key: String, _ mention: String) async throws {
        let yaml = "cameras:\n  gate: {url: /dev/video0, " + lines.dropFirst() + "\n"
        let error = try await #require(throws: SettingsError.self) { try await load(yaml) }
        #expect(error.key == "cameras.gate.\(key)" && error.line == 2, "\(error)")
        #expect(error.reason.contains(mention), "\(error)")
        #expect(error.others.isEmpty, "\(error)")
    }

    @Test func aZonesShareIsEnoughOfAnEvent() async throws {
        let zone = "zones: {a: {points: '0,0 1,0 1,1', share-above: 0.5}}"
        let settings = try await load(gate(zone, "events: {file: /x}"))
        let camera = try #require(settings.cameras.first)
        #expect(!camera.events.hasCondition && camera.hasEventCondition)
        // One thing is wrong, not two.
        let wrong = gate(zone.replacing("0.5", with: "x"), "events: {file: /x}")
        let error = try await #require(throws: SettingsError.self) { try await load(wrong) }
        #expect(error.key == "cameras.gate.zones.a.share-above" && error.others.isEmpty, "\(error)")
    }

    @Test func sixteenZonesAreAllowed() async throws {
        func yaml(_ count: Int) -> String {
            let zones = (0..<count).map { "z\($0): {points: '0,0 1,0 1,1'}" }
            return gate("zones: {\(zones.joined(separator: ", "))}")
        }
        #expect(try await load(yaml(16)).cameras[0].zones.count == 16)
        let error = try await #require(throws: SettingsError.self) { try await load(yaml(17)) }
        #expect(error.key == "cameras.gate.zones" && error.reason.contains("more than 16"), "\(error)")
    }

    @Test func aZonesClassesAreTheModels() async throws {
        let zone = "zones: {a: {points: '0,0 1,0 1,1', share-above: 0.5, on-class: [walking, 7]}}"
        let settings = try await load(gate(zone))
        let error = try #require(throws: SettingsError.self) {
            try settings.checkClasses(ModelManifest(name: "random", classCount: 5, inputChannels: 3))
        }
        #expect(error.all.map(\.key) == ["cameras.gate.zones.a.on-class"], "\(error)")
    }

    @Test(arguments: [
        ("cameras: gate\n", 1, "cameras", "has to be a map"),
        ("cameras: [gate]\n", 1, "cameras", "cameras: {gate: {url:"),
        ("cameras: {gate: {}}\n", 1, "cameras.gate", "needs cameras.gate.url"),
        ("cameras: {a/b: {url: /dev/video0}}\n", 1, "cameras.a/b", "letters"),
        ("camera: {a: {url: /dev/video0}}\n", 1, "camera.a.url", "unknown key"),
        ("cameras:\n  a:\n    url: cam.example:hunter2@x\n", 3, "cameras.a.url", "rtsp://"),
        ("cameras:\n  a:\n    url: rtsp://a:hunter2/@x\n", 3, "cameras.a.url", "%2F"),
        ("cameras:\n  a:\n    url: srt://a:hunter2@x:1\n", 3, "cameras.a.url", "no user"),
        ("cameras:\n  a:\n    url: srt://x:1\n    user: u\n", 4, "cameras.a.user", "no user"),
        ("cameras:\n  a:\n    url: loop:/x.mp4\n    user: u\n", 4, "cameras.a.user", "neither user"),
        (
            "cameras:\n  a:\n    url: udp://x:1\n    password-file: /p\n", 4, "cameras.a.password-file",
            "neither user"
        ),
        ("cameras:\n  a:\n    url: /x\n", 3, "cameras.a.url", "begins with one of"),
        ("cameras:\n  a:\n    url: gopher://hunter2\n", 3, "cameras.a.url", "begins with one of"),
        (
            "cameras:\n  a:\n    url: /dev/video0\n    publish: rtsp://x/hunter2 y\n", 4,
            "cameras.a.publish", "blanks"
        ),
        ("cameras:\n  a:\n    url: \"rtsp://x/hunter2\\ty\"\n", 3, "cameras.a.url", "control"),
        ("cameras:\n  a:\n    url: [rtsp://hunter2]\n", 3, "cameras.a.url", "not a list"),
        (
            "cameras:\n  a:\n    url: rtsp://x\n    user: u\n    password-file: /p\n"
                + "    password-variable: P\n",
            6,
            "cameras.a.password-variable", "one place"
        ),
    ])
    func whatIsWrongWithCamerasIsNamed(_ yaml: String, _ line: Int, _ key: String, _ mention: String) async throws {
        let error = try await #require(throws: SettingsError.self) { try await load(yaml) }
        #expect(error.line == line, "\(error)")
        #expect(error.key == key, "\(error)")
        #expect(error.reason.contains(mention), "\(error)")
        #expect(error.others.isEmpty, "\(error)")
        #expect(!"\(error)".contains("hunter2"))
    }

    /// Two writers of one file, and recordings that would be annotated as they are written.
    @Test(arguments: [
        ("segments: /s", "segments: /s/", "b.segments", "cameras.a.segments"),
        ("log-file: /r", "log-file: /r", "b.log-file", "cameras.a.log-file"),
        ("log-file: /r", "events: {change: true, file: /r}", "b.events.file", "cameras.a.log-file"),
        ("segments: /s", "events: {change: true, clips: /s}", "b.events.clips", "cameras.a.segments"),
        ("publish: /s", "segments: /s", "b.segments", "cameras.a.publish"),
        ("segments: /s, publish: /s", "lag: 1", "a.publish", "cameras.a.segments"),
        ("segments: /in", "lag: 1", "a.segments", "inbox watches"),
        ("publish: /in", "lag: 1", "a.publish", "inbox watches"),
        ("log-file: /in/x.ndjson", "lag: 1", "a.log-file", "inbox watches"),
        ("events: {change: true, file: /in/x}", "lag: 1", "a.events.file", "inbox watches"),
        ("events: {change: true, clips: /in}", "lag: 1", "a.events.clips", "inbox watches"),
    ])
    func pathsAreOneCamerasAlone(_ a: String, _ b: String, _ key: String, _ mention: String) async throws {
        func yaml(_ a: String, _ b: String) -> String {
            "folders: {inbox: {folder: /in}}\ncameras:\n"
                + "  a: {url: /dev/video0, \(a)}\n  b: {url: /dev/video1, \(b)}\n"
        }
        let error = try await #require(throws: SettingsError.self) { try await load(yaml(a, b)) }
        #expect(error.key == "cameras.\(key)", "\(error)")
        #expect(error.reason.contains(mention), "\(error)")
        _ = try await load(yaml(a.replacing("/in", with: "/other").replacing(", publish: /s", with: ""), "lag: 1"))
    }

    @Test(arguments: [
        "rtsps://cam/x", "rtmp://cam/app/x", "https://cam/x.m3u8", "http://cam/video", "udp://239.0.0.1:5000",
        "srt://cam:9000?streamid=x", "/dev/video0", "v4l2:/dev/video0", "loop:/srv/clip.mp4",
    ])
    func everyKindOfAddress(_ url: String) async throws {
        let settings = try await load(gate().replacing("rtsp://cam.example/live", with: url))
        #expect(settings.cameras.first?.url.text == url)
        #expect(try await load(settings.text).cameras.map(\.name) == ["gate"])
    }

    @Test func optionsGoBeforeTheFile() async throws {
        let settings = try await load(gate(), set: ["cameras.gate.events.on-class=a,b", "cameras.gate.lag=3"])
        #expect(settings.cameras.first?.events.onClass == .named(["a", "b"]))
        #expect(settings.cameras.first?.lag == 3)
        let any = try await load(gate("events: {on-class: [x]}"), set: ["cameras.gate.events.on-class=any"])
        #expect(any.cameras.first?.events.onClass == .any)
    }

    @Test func otherCamerasTakeNoRestart() async throws {
        let (one, other) = (try await load(gate()), try await load(gate("lag: 3")))
        #expect(!one.differsBeyondSources(from: other))
        #expect(one.differsBeyondSources(from: try await load("state: /x\n" + gate())))
    }
}
