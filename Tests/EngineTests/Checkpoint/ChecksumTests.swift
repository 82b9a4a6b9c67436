import CKernels
import TestSupport
import Testing

@testable import Engine

/// The variants of a checksum kernel that this machine can run.
struct ChecksumKernel: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var run: @Sendable (UInt32, UnsafeRawBufferPointer) -> UInt32

    static let all: [ChecksumKernel] = {
        var kernels = [
            ChecksumKernel(testDescription: "scalar") { saliency_crc32c_scalar($0, $1.baseAddress, $1.count) },
            ChecksumKernel(testDescription: "chosen") { saliency_crc32c($0, $1.baseAddress, $1.count) },
        ]
        #if arch(x86_64)
            if saliency_has_sse42() {
                kernels.append(
                    ChecksumKernel(testDescription: "SSE4.2") { saliency_crc32c_sse42($0, $1.baseAddress, $1.count) })
            }
        #endif
        return kernels
    }()

    func callAsFunction(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { run(0, $0) }
    }
}

@Suite struct ChecksumTests {
    /// RFC 3720, appendix B.4, and the check value of the CRC catalogues.
    @Test(arguments: ChecksumKernel.all)
    func knownValuesOfCRC32C(kernel: ChecksumKernel) {
        #expect(kernel([]) == 0)
        #expect(kernel([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(kernel([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(kernel(Array(0..<32)) == 0x46DD_794E)
        #expect(kernel(Array((0..<32).reversed())) == 0x113F_DB5C)
        #expect(kernel(Array("123456789".utf8)) == 0xE306_9283)
    }

    /// Compared with the bitwise definition, for every length up to 40 and unaligned starts, whole and in two parts.
    @Test(arguments: ChecksumKernel.all)
    func agreesWithTheDefinition(kernel: ChecksumKernel) {
        var generator = SeededGenerator(seed: 3)
        let bytes = (0..<64).map { _ in UInt8.random(in: 0...255, using: &generator) }
        for start in 0..<8 {
            for count in 0...40 {
                let part = Array(bytes[start..<(start + count)])
                let expected = Self.definition(part, polynomial: 0x82F6_3B78)
                bytes.withUnsafeBytes { whole in
                    let window = UnsafeRawBufferPointer(rebasing: whole[start..<(start + count)])
                    #expect(kernel.run(0, window) == expected)
                    let head = UnsafeRawBufferPointer(rebasing: window.prefix(count / 3))
                    let tail = UnsafeRawBufferPointer(rebasing: window.dropFirst(count / 3))
                    #expect(kernel.run(kernel.run(0, head), tail) == expected)
                }
            }
        }
    }

    @Test func knownValuesOfCRC32() {
        let check = Array("123456789".utf8)
        #expect(check.withUnsafeBytes { Checksum.crc32($0) } == 0xCBF4_3926)
        let bytes = (0..<100).map { UInt8($0) }
        #expect(bytes.withUnsafeBytes { Checksum.crc32($0) } == Self.definition(bytes, polynomial: 0xEDB8_8320))
    }

    private static func definition(_ bytes: [UInt8], polynomial: UInt32) -> UInt32 {
        var crc: UInt32 = .max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? polynomial : 0) }
        }
        return ~crc
    }
}
