import Pipeline
import Testing

@testable import Daemon

/// The text that jobs are told apart by.
@Suite struct AnnotationSettingsTests {
    @Test("Jobs of what was never set keep the key they had")
    func standard() {
        let text =
            #"{"burn-labels":"false","colormap":"turbo","container":"mp4","fit":"crop","method":"guided-backprop","#
            + #""opacity":"0.7","preset":"veryfast","seed":"1","smooth":"0","target":"top1"}"#
        #expect(AnnotationSettings().canonical(container: .mp4) == text)
    }

    @Test(
        "What is set comes back, and makes another key",
        arguments: [
            SaliencyRequest(method: .integratedGradients, steps: 40, baseline: .firstFrame),
            SaliencyRequest(method: .guidedIG, baseline: .blurred, target: "contrast:left,top1"),
            SaliencyRequest(method: .blurIGTime, steps: 12, target: "log-prob:3"),
            SaliencyRequest(method: .occlusion, sign: .signed),
            SaliencyRequest(method: .gradientTimesInput, smoothSamples: 9, noiseAverage: .variance, seed: 5),
        ])
    func roundTrip(_ saliency: SaliencyRequest) throws {
        var settings = AnnotationSettings()
        settings.saliency = saliency
        settings.drawing.colormap = .standard(for: saliency.sign)
        let text = settings.canonical(container: .webm)
        let (found, container) = try AnnotationSettings.decode(canonical: text)
        #expect(found == settings)
        #expect(container == .webm)
        #expect(text != AnnotationSettings().canonical(container: .webm))
    }
}
