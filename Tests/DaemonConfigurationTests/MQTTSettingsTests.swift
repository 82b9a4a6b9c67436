import Foundation
import TestSupport
import Testing

@testable import DaemonConfiguration

@Suite struct MQTTSettingsTests {
    private func load(_ mqtt: String) async throws -> Settings {
        let folder = try TemporaryDirectory()
        defer { withExtendedLifetime(folder) {} }
        let yaml = "folders: {}\nmqtt: {\(mqtt)}\n"
        return try await SettingsLoader(
            file: folder.write(Array(yaml.utf8), to: "config.yaml"), environment: [:]
        ).load()
    }

    @Test func anAddressIsEnough() async throws {
        let mqtt = try #require(try await load("url: 'mqtt://broker.example'").mqtt)
        #expect(mqtt.address.text == "mqtt://broker.example:1883" && mqtt.prefix == "saliencyd")
        #expect(mqtt.hasDiscovery && mqtt.discoveryPrefix == "homeassistant" && mqtt.snapshotInterval == nil)
        #expect(mqtt.clientID.hasPrefix("saliencyd-") && mqtt.trust == .verified(authorities: nil))
        #expect(try await load("").mqtt == nil)
    }

    @Test func whatIsSaidIsTakenAndShown() async throws {
        let said = """
            url: 'mqtts://[::1]', user: me, password-file: /etc/p, ca-file: /etc/ca.pem, prefix: home/s, \
            discovery: false, discovery-prefix: ha, client-id: gate.1, snapshot-interval: 30
            """
        let settings = try await load(said)
        let mqtt = try #require(settings.mqtt)
        #expect(mqtt.address.isSecure && mqtt.address.host == "::1" && mqtt.address.port == 8883)
        #expect(mqtt.user == "me" && mqtt.passwordFile == "/etc/p" && mqtt.snapshotInterval == 30)
        #expect(mqtt.trust == .verified(authorities: "/etc/ca.pem") && !mqtt.hasDiscovery)
        #expect(settings.text.contains("mqtt:\n  url: 'mqtts://[::1]:8883'\n  user: me\n"))
        // The printed settings give the same settings again.
        let shown = MQTTSettings.table.entries(of: mqtt).map { "\($0.key): '\($0.value.text)'" }.joined(separator: ", ")
        #expect(try await load(shown).mqtt == mqtt)
        var other = settings
        other.mqtt?.prefix = "other"
        #expect(settings.differsBeyondSources(from: other))
    }

    @Test(arguments: [
        ("user: me", "mqtt.user"), ("prefix: x", "mqtt.prefix"), ("url: 'http://h'", "mqtt.url"),
        ("url: 'mqtt://'", "mqtt.url"), ("url: 'mqtt://h:0'", "mqtt.url"), ("url: 'mqtt://h/x'", "mqtt.url"),
        ("url: 'mqtt://h:70000'", "mqtt.url"),
        ("url: 'mqtt://h', password-file: /etc/p", "mqtt.password-file"),
        ("url: 'mqtt://h', prefix: 'a/#'", "mqtt.prefix"), ("url: 'mqtt://h', prefix: 'a//b'", "mqtt.prefix"),
        ("url: 'mqtt://h', prefix: '$SYS'", "mqtt.prefix"), ("url: 'mqtt://h', prefix: homeassistant", "mqtt.prefix"),
        ("url: 'mqtt://h', discovery-prefix: '+'", "mqtt.discovery-prefix"),
        ("url: 'mqtt://h', client-id: 'a b'", "mqtt.client-id"), ("url: 'mqtt://h', tls: maybe", "mqtt.tls"),
        ("url: 'mqtt://h', snapshot-interval: 0", "mqtt.snapshot-interval"),
        ("url: 'mqtt://h', topic: x", "mqtt.topic"),
    ])
    func whatIsWrongIsNamed(mqtt: String, key: String) async throws {
        let error = await #expect(throws: SettingsError.self) { _ = try await load(mqtt) }
        #expect(error?.key == key, "\(error?.description ?? "")")
    }

    @Test func aPasswordInTheAddressIsRefusedAndNotRepeated() async throws {
        let error = await #expect(throws: SettingsError.self) { _ = try await load("url: 'mqtt://me:secret@h'") }
        #expect(error?.key == "mqtt.url" && error?.description.contains("secret") == false)
        #expect(error?.description.contains("mqtt.password-file") == true)
    }
}
