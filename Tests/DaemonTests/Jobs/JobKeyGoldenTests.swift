import Foundation
import Jobs
import TestSupport
import Testing

@testable import DaemonConfiguration
@testable import JobService

/// The options of a job are part of its key, and the key's hash is stored in every annotated video: both must keep the
/// same bytes in all versions. `Tests/Golden/jobs/keys.json` may be added to, never changed.
@Suite struct JobKeyGoldenTests {
    struct Case: Codable {
        /// The settings below a drop folder, as written by a user.
        let settings: [String: String]
        /// The canonical text.
        let options: String
        /// The hash of the key with that text, the content "content" and the model "model".
        let origin: String
    }

    private static func cases() throws -> [Case] {
        try JSONDecoder().decode([Case].self, from: Data(GoldenMaterial.bytes("jobs/keys.json")))
    }

    @Test("The same settings give the same key in every version, and can be decoded from it")
    func keys() async throws {
        let cases = try Self.cases()
        #expect(cases.count >= 150)
        let folder = try TemporaryDirectory()
        try folder.write(Array("folders: {inbox: {folder: /in, output: /out}}\n".utf8), to: "c.yaml")
        for expected in cases {
            // The cases that name no method were written when this one was the default; another default changes no golden key.
            let named = ["method": "guided-backprop"].merging(expected.settings) { $1 }
            let loader = SettingsLoader(
                file: folder.file("c.yaml"), overrides: named.map { "folders.inbox.\($0)=\($1)" }.sorted(),
                environment: [:])
            let dropFolder = try #require(try await loader.load().dropFolders.first, "\(expected.settings)")
            let options = dropFolder.annotation.canonical
            #expect(options == expected.options, "\(expected.settings)")
            let key = JobKey(content: "content", model: "model", options: options)
            #expect(key.origin == expected.origin, "\(expected.settings): \(key.origin)")
            let settings = try AnnotationSettings.decode(canonical: expected.options)
            #expect(settings == dropFolder.annotation, "\(expected.settings)")
        }
    }
}
