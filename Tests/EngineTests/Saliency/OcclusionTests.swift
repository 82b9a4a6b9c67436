import Foundation
import TestSupport
import Testing

@testable import Engine

@Suite("Occlusion")
struct OcclusionTests {
    @Test("Falls agree with Captum's for every fill", arguments: [ClipBaseline.black, .mean, .blurred])
    func agreement(_ fill: ClipBaseline) throws {
        let golden = try SaliencyGolden()
        let session = try golden.session()
        let occlusion = Occlusion(
            box: .init(frames: 2, height: 12, width: 10), stride: .init(frames: 1, height: 8, width: 7), fill: fill)
        let logits = try session.forward()
        var asked = 0
        let falls = try occlusion.falls(
            session, of: [{ Double($0[golden.target]) }], from: logits,
            control: RunControl(progress: { _ in asked += 1 })
        )[0]
        let expected = try golden.tensor("occlusion/\(fill.rawValue)").values
        // A fall is the difference of two logits, each of which is within 2e-5 of the logits' norm.
        func norm(_ values: [Float]) -> Double { values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() }
        let rootMeanSquare = norm(expected) / Double(expected.count).squareRoot()
        let agreement = Agreement(falls, expected)
        #expect(agreement.isWithin(error: 2 * 2e-5 * norm(logits) / rootMeanSquare, cosine: 0.9999), "\(agreement)")
        // 3 x 4 x 5 boxes, and the unchanged clip.
        #expect(occlusion.forwardCount(for: session.shape) == 61)
        #expect(asked == 61)
    }

    @Test(
        "Boxes are written as three lengths", arguments: ["1,2", "1,2,3,4", "0,1,1", "1,1,4097", "a,1,1", "1, 2,3", ""])
    func boxes(_ wrong: String) throws {
        #expect(Occlusion.Box(text: wrong) == nil)
        let box = try #require(Occlusion.Box(text: "16,56,48"))
        #expect(box == .init(frames: 16, height: 56, width: 48))
        #expect(box.description == "16,56,48")
        let written = try JSONEncoder().encode(box)
        #expect(String(decoding: written, as: UTF8.self) == "[16,56,48]")
        #expect(try JSONDecoder().decode(Occlusion.Box.self, from: written) == box)
    }

    @Test("One box over the whole clip needs one more pass and gives the same value everywhere")
    func wholeClip() throws {
        let session = try SaliencyGolden().session()
        let occlusion = Occlusion(
            box: .init(frames: 99, height: 99, width: 99), stride: .init(frames: 0, height: -1, width: 99))
        #expect(occlusion.forwardCount(for: session.shape) == 2)
        let falls = try occlusion.falls(
            session, of: [{ Double($0[0]) }], from: session.forward(), control: RunControl())[0]
        #expect(Set(falls).count == 1)
        // A window of the published size, with the defaults, has 4 x 7 x 7 boxes.
        let published = ClipShape(frames: 64, height: 224, width: 224, channels: 3)
        #expect(Occlusion().forwardCount(for: published) == 197)
    }
}
