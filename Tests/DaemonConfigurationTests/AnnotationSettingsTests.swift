import Decode
import Engine
import Pipeline
import Testing

@testable import DaemonConfiguration

/// Tests the text that distinguishes jobs.
@Suite struct AnnotationSettingsTests {
    @Test("A job with guided backpropagation, the former default, has the same key as in earlier versions")
    func standard() {
        var settings = AnnotationSettings()
        settings.saliency.method = .guidedBackprop
        let text =
            #"{"burn-labels":"false","colormap":"turbo","container":"mp4","fit":"crop","method":"guided-backprop","#
            + #""opacity":"0.7","preset":"veryfast","seed":"1","smooth":"0","target":"top1"}"#
        #expect(settings.canonical == text)
        // The key names the method also if it is the default: another default changes no earlier job.
        let standard = text.replacing("guided-backprop", with: SaliencyMethods.standard.name)
        #expect(AnnotationSettings().canonical == standard)
    }

    @Test(
        "A setting survives the round trip through the key, and changes the key",
        arguments: [
            SaliencyRequest(method: .integratedGradients, steps: 40, baseline: .firstFrame),
            SaliencyRequest(method: .integratedGradients, parameters: .pair),
            SaliencyRequest(method: .guidedIG, baseline: .blurred, target: "contrast:left,top1"),
            SaliencyRequest(method: .blurIGTime, steps: 12, target: "log-prob:3"),
            SaliencyRequest(method: .occlusion, sign: .signed),
            SaliencyRequest(method: .occlusion, parameters: .inBoxes),
            SaliencyRequest(method: .xrai, parameters: .inRegions),
            SaliencyRequest(method: .gradCAM, parameters: .atEndpoint),
            SaliencyRequest(method: .guidedIG, smoothSamples: 2, parameters: .guided),
            SaliencyRequest(method: .blurIG, parameters: .blur),
            SaliencyRequest(method: .gradientTimesInput, smoothSamples: 9, noiseAverage: .variance, seed: 5),
        ])
    func roundTrip(_ saliency: SaliencyRequest) throws {
        var settings = AnnotationSettings()
        settings.saliency = saliency
        settings.drawing.colormap = .standard(for: saliency.sign)
        settings.container = .webm
        let text = settings.canonical
        #expect(try AnnotationSettings.decode(canonical: text) == settings)
        #expect(text != AnnotationSettings(container: .webm).canonical)
    }

    @Test("The colour behind transparency is part of the key if it is not black")
    func background() throws {
        let settings = AnnotationSettings(
            sampling: SamplingRequest(background: BackgroundColor(red: 255, green: 0, blue: 16)))
        let text = settings.canonical
        #expect(text.contains(##""background":"#ff0010""##))
        #expect(try AnnotationSettings.decode(canonical: text) == settings)
    }

    @Test("A legend and a hidden outline are part of the key, and survive the round trip")
    func drawing() throws {
        var settings = AnnotationSettings()
        settings.drawing.hasLegend = true
        settings.drawing.outlinesCrop = false
        let text = settings.canonical
        #expect(text.contains(#""legend":"true""#) && text.contains(#""outline":"false""#))
        #expect(try AnnotationSettings.decode(canonical: text) == settings)
    }

    @Test("The handling of sound and the choice of stream are part of the key if they are set")
    func soundAndStream() throws {
        let settings = AnnotationSettings(sampling: SamplingRequest(stream: 1), audio: .omitted)
        let text = settings.canonical
        #expect(text.contains(#""audio":"none""#) && text.contains(#""stream":"1""#))
        #expect(try AnnotationSettings.decode(canonical: text) == settings)
    }

    @Test("The number of windows whose trust is measured is part of the key")
    func trust() throws {
        let settings = AnnotationSettings(trustWindows: 3)
        let text = settings.canonical
        #expect(text.contains(#""trust-windows":"3""#))
        #expect(try AnnotationSettings.decode(canonical: text) == settings)
    }
}

extension MethodParameters {
    fileprivate init(_ change: (inout MethodParameters) -> Void) {
        self.init()
        change(&self)
    }

    fileprivate static let pair = MethodParameters { $0.quadrature = .pair }
    fileprivate static let atEndpoint = MethodParameters { $0.endpoint = "Mixed_4f" }
    fileprivate static let inBoxes = MethodParameters {
        $0.box = .init(frames: 8, height: 30, width: 40)
        $0.boxStride = .init(frames: 8, height: 15, width: 20)
        $0.fill = .blurred
    }
    fileprivate static let inRegions = MethodParameters {
        $0.attribution = .hiResCAM
        $0.endpoint = "Mixed_5b"
        $0.regions = .fast
    }
    fileprivate static let guided = MethodParameters {
        $0.fraction = 0.5
        $0.maxDistance = 0.1
        $0.noiseSpread = 0.2
    }
    fileprivate static let blur = MethodParameters { $0.maxSigma = 12.5 }
}
