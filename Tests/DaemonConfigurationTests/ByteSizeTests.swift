import Testing

@testable import DaemonConfiguration

@Suite struct ByteSizeTests {
    @Test(arguments: [
        ("0", Int64(0)), ("1024", 1024), ("5 GB", 5_000_000_000), ("5gb", 5_000_000_000), ("1.5 MB", 1_500_000),
        ("2 GiB", 2 << 30), ("3 kB", 3000), ("7 B", 7), ("1TiB", 1 << 40),
    ])
    func numbersOfBytes(text: String, bytes: Int64) {
        #expect(ByteSize.parse(text) == bytes)
    }

    @Test(arguments: ["", "GB", "-5 GB", "5 XB", "1e9", "5 GB free", "nan", "inf", "99999999999 TB", "1.2.3", "5,5 GB"])
    func whatIsNone(_ text: String) {
        #expect(ByteSize.parse(text) == nil)
    }

    @Test func textsArePlain() {
        #expect(ByteSize.text(0) == "0 B" && ByteSize.text(999) == "999 B" && ByteSize.text(1000) == "1 kB")
        #expect(ByteSize.text(4_989_999_999) == "4.98 GB" && ByteSize.text(5_000_000_000) == "5 GB")
        #expect(ByteSize.text(.max) == "9223372.03 TB")
    }
}
