import Foundation
import Jobs
import TestSupport
import Testing

@testable import DaemonConfiguration

@Suite struct JobEventSettingsTests {
    private func load(_ events: String) async throws -> Settings {
        let folder = try TemporaryDirectory()
        defer { withExtendedLifetime(folder) {} }
        let yaml = "folders:\n  in:\n    folder: /srv/in\n    events: {\(events)}\n"
        return try await SettingsLoader(
            file: folder.write(Array(yaml.utf8), to: "config.yaml"), environment: [:]
        ).load()
    }

    @Test func whatIsSaidIsTakenAndShown() async throws {
        let settings = try await load(
            "file: /srv/jobs.ndjson, hook: /bin/on-job, webhook: 'https://u:p@example.com/h?k=v', states: [failed]")
        let events = settings.dropFolders[0].events
        #expect(events.file == "/srv/jobs.ndjson" && events.hook == "/bin/on-job" && events.states == [.failed])
        #expect(events.webhook?.text == "https://u:p@example.com/h?k=v")
        #expect(settings.text.contains("      states: [failed]\n") && settings.text.contains("hook: /bin/on-job"))
        #expect(!settings.text.contains("u:p@") && !settings.text.contains("k=v"))
    }

    @Test func everyEndIsToldWhereNothingIsSaid() async throws {
        let events = try await load("hook: /bin/on-job").dropFolders[0].events
        #expect(events.states == [.done, .failed, .quarantined] && events.file == nil)
    }

    @Test(arguments: [
        ("states: [done, queued]", "folders.in.events.states"), ("states: done", "folders.in.events.states"),
        ("webhook: 'ftp://example.com'", "folders.in.events.webhook"),
        ("webhook: 'http://'", "folders.in.events.webhook"),
        ("hook: on-job", "folders.in.events.hook"), ("file: /srv/in/jobs.ndjson", "folders.in.events.file"),
        ("hooks: /bin/x", "folders.in.events.hooks"),
    ])
    func whatIsWrongIsNamed(events: String, key: String) async throws {
        let error = await #expect(throws: SettingsError.self) { _ = try await load(events) }
        #expect(error?.key == key, "\(error?.description ?? "")")
    }
}
