import Files
import Testing

@Suite struct CountedTests {
    @Test func oneTakesTheSingular() {
        #expect([0, 1, 2].map { $0.counted("window") } == ["0 windows", "1 window", "2 windows"])
        #expect(UInt64(1).counted("pass", "passes") == "1 pass")
        #expect(3.counted("pass", "passes") == "3 passes")
    }
}
