import Testing

@testable import Engine

@Suite struct NearMissesTests {
    @Test(arguments: [
        ("", "", 0), ("list", "list", 0), ("lst", "list", 1), ("lsit", "list", 1), ("trubo", "turbo", 1),
        ("gradcam", "grad cam", 1), ("kitten", "sitting", 3), ("", "abc", 3),
    ])
    func editDistances(a: String, b: String, distance: Int) {
        #expect(NearMisses.editDistance(a, b) == distance)
        #expect(NearMisses.editDistance(b, a) == distance)
    }

    @Test(arguments: [
        ("gradcam", ["gradient", "grad-cam", "guided-grad-cam"], ["grad-cam"]),
        ("mixed_5c", ["Mixed_5b", "Mixed_5c"], ["Mixed_5c"]),
        ("jumping", ["bungee jumping", "running", "jumping into pool"], ["bungee jumping", "jumping into pool"]),
        ("s", ["serve", "sample"], []), ("ts", ["mp4", "mov"], []), ("magic", ["gradient", "xrai"], []),
    ])
    func nearNamesAreFound(wanted: String, names: [String], near: [String]) {
        #expect(NearMisses.of(wanted, in: names) == near)
    }

    @Test func hintsAreEndsOfSentences() {
        #expect(NearMisses.hint("gradcam", in: ["grad-cam"]) == "; did you mean grad-cam?")
        #expect(NearMisses.hint("aaaa", in: ["aaab", "aaac", "aaad"]) == "; did you mean aaab, aaac or aaad?")
        #expect(NearMisses.hint("magic", in: ["grad-cam"]).isEmpty)
        #expect(
            NearMisses.missing("corp", in: ["crop", "full"])
                == "there is no 'corp'; did you mean crop? There are crop, full")
        #expect(NearMisses.missing("x", kind: "method", in: ["xrai"]) == "there is no method 'x'; there are xrai")
    }
}
