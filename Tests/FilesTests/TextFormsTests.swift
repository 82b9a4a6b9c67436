import Foundation
import Testing

@testable import Files

/// FoundationEssentials is what ships; here all of Foundation says what its other part would have answered.
@Suite struct TextFormsTests {
    @Test(arguments: [
        0, -0.0, 0.005, 0.994999, 1.5, 2.5, -12.345, 99.95, 1e15, 123_456.789, .pi, 1e-7, .infinity, -.infinity,
        .greatestFiniteMagnitude,
    ])
    func numbersAreWrittenAsByFoundation(_ number: Double) {
        for format in ["%.0f %%", "%.2f", "%8.3f", "%.1f ± x", "%.4g", "%.2g"] {
            #expect(String(printf: format, number) == String(format: format, number))
        }
    }

    @Test(arguments: [0, 7, -7, 59, 12_345, Int(Int32.max)]) func wholeNumbersToo(_ number: Int) {
        for format in ["%d", "%02d", "%04d.jpg", "%03lld"] {
            #expect(String(printf: format, number) == String(format: format, number))
        }
        #expect(String(printf: "%d:%02d – %.1f s", 3, 4, 5.25) == "3:04 – 5.2 s")
    }

    @Test(arguments: ["", "a", "clip", "longer than that", "Grüße", "日本"]) func textsAreFilledUp(_ text: String) {
        #expect(text.padded(to: 6) == text.padding(toLength: 6, withPad: " ", startingAt: 0))
    }

    @Test(arguments: ["", " ", " a b\t", "\r\nx\n", "\u{A0}\u{2003}y\u{3000}", "e\u{301} "])
    func spacesAreTakenOff(_ text: String) {
        #expect(text.trimmed() == text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    @Test func pathsAreEncodedAndDecodedAsByFoundation() {
        let allowed = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: "/;"))
        let all = String(String.UnicodeScalarView((1...0x2FF).compactMap(Unicode.Scalar.init))) + "日本 🎞"
        #expect(all.asPathPart == all.addingPercentEncoding(withAllowedCharacters: allowed))
        #expect(all.asPathPart.withoutPercentSigns == all)
        for text in ["", "a", "%", "%4", "%41", "%4G", "%+1", "%%41", "a%20b", "%C3%A4", "%C3", "%FF", "ä%41", "%00"] {
            #expect(text.withoutPercentSigns == text.removingPercentEncoding, "\(text)")
        }
    }

    /// Over the beginnings and ends of summer time of many years.
    @Test func theLocalClockIsFoundations() {
        for moment in stride(from: 0.0, to: 2e9, by: 1e6).map(Date.init(timeIntervalSince1970:)) {
            #expect(TimeZone.local(at: moment).secondsFromGMT() == TimeZone.current.secondsFromGMT(for: moment))
        }
    }
}
