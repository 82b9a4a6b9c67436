import CKernels
import TestSupport
import Testing

@testable import Files

@Suite struct SHA1Tests {
    /// The examples of FIPS 180-4 and the empty message.
    @Test(arguments: [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
        ),
        (String(repeating: "a", count: 1_000_000), "34aa973cd4c4daa4f61eeb2bdbad27316534016f"),
    ])
    func knownDigests(message: String, digest: String) {
        var hash = SHA1()
        hash.update(message.utf8)
        #expect(hash.hexDigest() == digest)
    }

    #if arch(x86_64)
        @Test(.enabled(if: saliency_has_sha(), "this CPU has no SHA instructions"))
        func theInstructionsAgreeWithTheScalarVariant() {
            var generator = SeededGenerator(seed: 5)
            for blocks in 1...5 {
                let bytes = (0..<(64 * blocks)).map { _ in UInt8.random(in: 0...255, using: &generator) }
                let state = (0..<5).map { _ in UInt32.random(in: 0 ... .max, using: &generator) }
                var (scalar, fast) = (state, state)
                saliency_sha1_blocks_scalar(&scalar, bytes, blocks)
                saliency_sha1_blocks_sha(&fast, bytes, blocks)
                #expect(scalar == fast)
                #expect(scalar != state)
            }
        }
    #endif
}
