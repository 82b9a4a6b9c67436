import TestSupport
import Testing

@testable import Engine

@Suite("Occlusion")
struct OcclusionTests {
    @Test("Falls are Captum's, with every fill", arguments: [ClipBaseline.black, .mean, .blurred])
    func agreement(_ fill: ClipBaseline) throws {
        let golden = try SaliencyGolden()
        let session = try golden.session()
        let occlusion = Occlusion(
            box: .init(frames: 2, height: 12, width: 10), stride: .init(frames: 1, height: 8, width: 7), fill: fill)
        let logits = try session.forward()
        var asked = 0
        let falls = try occlusion.falls(
            session, of: { Double($0[golden.target]) }, from: logits, control: RunControl(progress: { _ in asked += 1 })
        )
        let expected = try golden.tensor("occlusion/\(fill.rawValue)").values
        // A fall is the difference of two logits, each of which is within 2e-5 of the logits' norm.
        func norm(_ values: [Float]) -> Double { values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() }
        let rootMeanSquare = norm(expected) / Double(expected.count).squareRoot()
        let agreement = Agreement(falls, expected)
        #expect(agreement.isWithin(error: 2 * 2e-5 * norm(logits) / rootMeanSquare, cosine: 0.9999), "\(agreement)")
        // 3 x 4 x 5 boxes, and the clip as it is.
        #expect(occlusion.forwardCount(for: session.shape) == 61)
        #expect(asked == 61)
    }

    @Test("One box over everything is one pass more, and the same everywhere")
    func wholeClip() throws {
        let session = try SaliencyGolden().session()
        let occlusion = Occlusion(
            box: .init(frames: 99, height: 99, width: 99), stride: .init(frames: 0, height: -1, width: 99))
        #expect(occlusion.forwardCount(for: session.shape) == 2)
        let falls = try occlusion.falls(
            session, of: { Double($0[0]) }, from: session.forward(), control: RunControl())
        #expect(Set(falls).count == 1)
        // Of a window at the published size, with the defaults: 4 x 7 x 7 boxes.
        let published = ClipShape(frames: 64, height: 224, width: 224, channels: 3)
        #expect(Occlusion().forwardCount(for: published) == 197)
    }
}
