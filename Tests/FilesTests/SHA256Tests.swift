import CKernels
import TestSupport
import Testing

@testable import Files

@Suite struct SHA256Tests {
    /// The examples of FIPS 180-4 and the empty message.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func knownDigests(message: String, digest: String) {
        var hash = SHA256()
        hash.update(message.utf8)
        #expect(hash.hexDigest() == digest)
    }

    @Test(arguments: [0, 1, 55, 56, 63, 64, 65, 119, 120, 127, 128, 200])
    func chunkSizesDoNotMatter(count: Int) {
        let bytes = (0..<count).map { UInt8($0) }
        var whole = SHA256()
        whole.update(bytes)
        let expected = whole.hexDigest()
        for size in [1, 7, 63, 64, 65] {
            var pieces = SHA256()
            for start in stride(from: 0, to: count, by: size) {
                pieces.update(bytes[start..<min(start + size, count)])
            }
            #expect(pieces.hexDigest() == expected)
        }
    }

    #if arch(x86_64)
        @Test(.enabled(if: saliency_has_sha(), "this CPU has no SHA instructions"))
        func theInstructionsAgreeWithTheScalarVariant() {
            var generator = SeededGenerator(seed: 4)
            for blocks in 1...5 {
                let bytes = (0..<(64 * blocks)).map { _ in UInt8.random(in: 0...255, using: &generator) }
                let state = (0..<8).map { _ in UInt32.random(in: 0 ... .max, using: &generator) }
                var (scalar, fast) = (state, state)
                saliency_sha256_blocks_scalar(&scalar, bytes, blocks)
                saliency_sha256_blocks_sha(&fast, bytes, blocks)
                #expect(scalar == fast)
                #expect(scalar != state)
            }
        }
    #endif
}
