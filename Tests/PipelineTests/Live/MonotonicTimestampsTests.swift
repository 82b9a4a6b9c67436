import Testing

@testable import Pipeline

@Suite struct MonotonicTimestampsTests {
    @Test func correctionsWaitAndClocksSetBackAreFollowed() {
        var dates = MonotonicTimestamps()
        let told = [1000, 1001, 999.5, 1000.9, 1001.5, 990, 991].map { dates.date($0) }
        #expect(told == [1000, 1001, 1001, 1001, 1001.5, 990, 991])
    }
}
