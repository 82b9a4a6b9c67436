import Testing

@testable import Engine

@Suite("Saliency targets")
struct SaliencyTargetTests {
    private let manifest = ModelManifest(
        name: "m", classCount: 4, inputChannels: 3,
        labels: ["playing cricket", "Riding_Bike", "archery", "playing cards"])

    @Test("Targets are parsed as users write them")
    func parsing() {
        #expect(SaliencyTarget("top1") == .top1)
        #expect(SaliencyTarget("17") == .index(17))
        #expect(SaliencyTarget("archery") == .label("archery"))
    }

    @Test("top1 is the largest logit, the first of equal ones")
    func top1() throws {
        #expect(try SaliencyTarget.top1.resolve(logits: [0, 3, 3, -1], manifest: manifest) == 1)
        #expect(try SaliencyTarget.top1.resolve(manifest: manifest) == nil)
    }

    @Test(
        "Labels are found in any case and with any separators",
        arguments: [("archery", 2), ("riding bike", 1), ("Playing-Cricket", 0), (" ARCHERY ", 2)])
    func labels(_ label: String, _ index: Int) throws {
        #expect(try SaliencyTarget.label(label).resolve(logits: [0, 0, 0, 0], manifest: manifest) == index)
    }

    @Test("Unknown labels are reported with similar ones, indices with the range")
    func mistakes() {
        let near = #expect(throws: ModelError.self) { try SaliencyTarget.label("archary").resolve(manifest: manifest) }
        #expect(near?.code == .labels)
        #expect(near?.description == "there is no label \"archary\"; near: \"archery\"")
        let part = #expect(throws: ModelError.self) { try SaliencyTarget.label("playing").resolve(manifest: manifest) }
        #expect(part?.description.hasSuffix("near: \"playing cricket\", \"playing cards\"") == true)
        let far = #expect(throws: ModelError.self) { try SaliencyTarget.label("zzzzzzz").resolve(manifest: manifest) }
        #expect(far?.description == "there is no label \"zzzzzzz\"")
        let index = #expect(throws: ModelError.self) { try SaliencyTarget.index(4).resolve(manifest: manifest) }
        #expect(index?.description == "there is no class 4; the model has 0 to 3")
    }

    @Test("Contrasts and log-probabilities are parsed and resolved")
    func compound() throws {
        #expect(SaliencyTarget("contrast:archery,2") == .contrast(.label("archery"), .index(2)))
        #expect(SaliencyTarget("log-prob:top1") == .logProbability(.top1))
        let logits: [Float] = [0, 3, 5, 3]
        func resolved(_ text: String) throws -> ResolvedTarget {
            try SaliencyTarget(text).resolved(logits: logits, manifest: manifest)
        }
        #expect(try resolved("contrast:1,2") == ResolvedTarget(index: 1, contrast: 2))
        #expect(try resolved("contrast:top1,2") == ResolvedTarget(index: 1, contrast: 2))
        #expect(try resolved("contrast:2,top1") == ResolvedTarget(index: 2, contrast: 1))
        #expect(try resolved("contrast:top1,top1") == ResolvedTarget(index: 2, contrast: 1))
        #expect(try resolved("log-prob:3") == ResolvedTarget(index: 3, isLogProbability: true))
        for wrong in ["contrast:1,1", "contrast:1", "contrast:1,4", "log-prob:7"] {
            let error = #expect(throws: ModelError.self, "\(wrong)") {
                try SaliencyTarget(wrong).resolve(manifest: manifest)
            }
            #expect(error?.code == .invalidRequest)
        }
        let label = #expect(throws: ModelError.self) {
            try SaliencyTarget("contrast:0,nowhere").resolve(manifest: manifest)
        }
        #expect(label?.code == .labels)
    }

    @Test("Logarithms of probabilities do not overflow, and their seeds sum to 0")
    func logProbability() {
        let target = ResolvedTarget(index: 1, isLogProbability: true)
        #expect(target.value(of: [1000, 0]) == -1000)
        #expect(target.seed(at: [0, 0]) == [-0.5, 0.5])
        #expect(ResolvedTarget(index: 0, contrast: 1, isLogProbability: true).seed(at: [7, 9]) == [1, -1])
        #expect(ResolvedTarget(index: 0, contrast: 1).value(of: [7, 9]) == -2)
    }
}
