import Foundation
import TestSupport
import Testing

private let python3 = ["/usr/bin/python3", "/usr/local/bin/python3"].first {
    FileManager.default.isExecutableFile(atPath: $0)
}

/// The manual pages that tools/man.py generates from the built executable.
@Suite(.enabled(if: python3 != nil, "python3 is not installed")) struct ManualPagesTests {
    @Test("Every command has a page that names its options")
    func pages() async throws {
        let folder = try TemporaryDirectory()
        let script = GoldenMaterial.path("../../tools/man.py")
        let made = try await CommandRun.run(
            try #require(python3), [script, CommandRun.builtCommand, folder.file("man")],
            environment: ["SOURCE_DATE_EPOCH": "86400"])
        try #require(made.status == 0, "\(made.standardError)")

        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("man"))
        for name in [
            "saliencyd", "saliencyd-annotate", "saliencyd-jobs", "saliencyd-jobs-retry", "saliencyd-model-fetch",
        ] {
            #expect(names.contains("\(name).1"))
        }
        #expect(!names.contains { $0.contains("help") })

        let page = try String(decoding: folder.bytes(of: "man/saliencyd-annotate.1"), as: UTF8.self)
        #expect(page.hasPrefix(".\\\" Made by tools/man.py"))
        #expect(page.contains(".TH \"SALIENCYD\\-ANNOTATE\" 1 \"1970-01-02\" \"saliencyd "))
        for option in ["\\-\\-method", "\\-\\-colormap", "\\-\\-trust\\-windows", "\\-o"] {
            #expect(page.contains("\\fB\(option)\\fP"), "\(option)")
        }
        // groff without -K reads only ASCII, and takes lines that begin with these characters for requests.
        for name in names {
            let text = try String(decoding: folder.bytes(of: "man/\(name)"), as: UTF8.self)
            #expect(text.utf8.allSatisfy { $0 < 0x80 }, "\(name)")
            let requests = text.split(separator: "\n").filter { $0.hasPrefix(".") || $0.hasPrefix("'") }
            let known = [".\\\"", ".TH", ".SH", ".PP", ".TP", ".IP", ".nf", ".fi"]
            #expect(requests.allSatisfy { line in known.contains { line.hasPrefix($0) } }, "\(name): \(requests)")
        }
    }
}
