import Testing

@testable import Daemon

@Suite struct ByteCountTests {
    @Test(arguments: [
        ("0", Int64(0)), ("1024", 1024), ("5 GB", 5_000_000_000), ("5gb", 5_000_000_000), ("1.5 MB", 1_500_000),
        ("2 GiB", 2 << 30), ("3 kB", 3000), ("7 B", 7), ("1TiB", 1 << 40),
    ])
    func numbersOfBytes(text: String, bytes: Int64) {
        #expect(ByteCount.parse(text) == bytes)
    }

    @Test(arguments: ["", "GB", "-5 GB", "5 XB", "1e9", "5 GB free", "nan", "inf", "99999999999 TB", "1.2.3", "5,5 GB"])
    func whatIsNone(_ text: String) {
        #expect(ByteCount.parse(text) == nil)
    }

    @Test func textsArePlain() {
        #expect(ByteCount.text(0) == "0 B" && ByteCount.text(999) == "999 B" && ByteCount.text(1000) == "1 kB")
        #expect(ByteCount.text(4_989_999_999) == "4.98 GB" && ByteCount.text(5_000_000_000) == "5 GB")
        #expect(ByteCount.text(.max) == "9223372.03 TB")
    }
}
