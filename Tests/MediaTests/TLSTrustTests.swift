import Media
import Testing

@Suite struct TLSTrustTests {
    private static let digits = String(repeating: "0123456789abcdef", count: 4)

    @Test func fingerprintsInEveryForm() throws {
        let pairs = TLSTrust.formatted(fingerprint: Self.digits)
        #expect(pairs.hasPrefix("01:23:45:67:89:AB:CD:EF:01:") && pairs.utf8.count == 95)
        for text in [Self.digits, Self.digits.uppercased(), pairs, "sha256:" + pairs, "SHA256:" + Self.digits] {
            #expect(TLSTrust.fingerprint(text: text) == .fingerprint(Self.digits))
        }
    }

    @Test(arguments: ["", "verify", "0123", "sha1:0123", digits + "0", String(digits.dropLast()) + "g"])
    func invalidFingerprints(text: String) {
        #expect(TLSTrust.fingerprint(text: text) == nil)
    }
}
