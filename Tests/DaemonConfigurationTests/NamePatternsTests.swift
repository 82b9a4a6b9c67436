import Testing

@testable import DaemonConfiguration

@Suite struct NamePatternsTests {
    @Test(arguments: [
        ("*.mp4", "clip.mp4", true), ("*.mp4", "CLIP.MP4", true), ("*.MP4", "day/clip.mp4", true),
        ("*.mp4", "clip.mp4.txt", false), ("clip?.*", "clip1.mov", true), ("clip[0-3].mp4", "clip2.mp4", true),
        ("clip[0-3].mp4", "clip7.mp4", false), ("day/*", "day/clip.mp4", true), ("day/*", "day/night/clip.mp4", false),
        ("day/*", "clip.mp4", false), ("day", "day", true), ("[", "a", false), ("ü*", "Übung.mp4", true),
    ])
    func aPatternMatches(_ pattern: String, _ path: String, _ isSo: Bool) {
        #expect(NamePatterns.matches(pattern, path) == isSo)
    }

    @Test func includeIsForFilesAndExcludeForFoldersToo() {
        let names = NamePatterns(include: ["*.mp4", "*.mov"], exclude: ["raw", "*-proxy.*"])
        #expect(names.refusal("day/clip.mp4") == nil && names.fileRefusal("day/clip.mp4") == nil)
        #expect(names.refusal("raw") == "`exclude` has raw")
        #expect(names.refusal("day/clip-proxy.mp4") == "`exclude` has *-proxy.*")
        #expect(names.refusal("notes.txt") == nil)
        #expect(names.fileRefusal("notes.txt") == "`include` has no pattern for it")
        #expect(NamePatterns().fileRefusal("notes.txt") == nil)
        #expect(names.refusal("day/.clip.mp4")?.contains("dot") == true)
    }
}
