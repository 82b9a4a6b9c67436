import Encode
import Testing

@testable import Pipeline

@Suite struct SegmentBoundaryTests {
    @Test func firstFrameAndEachMultipleBeginASegment() {
        var boundary = SegmentBoundary(length: 60)
        let times = [1_000_000_030.0, 1_000_000_079.96, 1_000_000_080, 1_000_000_080.04, 1_000_000_300, 1_000_000_139]
        #expect(times.map { boundary.isCrossed(by: $0) } == [true, false, true, false, true, true])
    }
}
