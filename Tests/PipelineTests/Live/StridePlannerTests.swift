import Testing

@testable import Pipeline

@Suite struct StridePlannerTests {
    @Test(arguments: [
        (stride: Int?.none, usual: 16), (stride: 32, usual: 32), (stride: 64, usual: 64), (stride: 1, usual: 1),
    ])
    func staysAsAskedForWhileTheEngineKeepsUp(stride: Int?, usual: Int) {
        var planner = StridePlanner(stride: stride, length: 64, rate: 25)
        for _ in 0..<20 { planner.update(cost: 0.9 * Double(usual) / 25 / 1.2) }
        #expect(planner.stride == usual)
    }

    @Test func widensAtOnceToMultiplesThatShareComputation() {
        var planner = StridePlanner(stride: nil, length: 64, rate: 25)
        // 1 s plus a fifth is 30 samples.
        planner.update(cost: 1)
        #expect(planner.stride == 32)
        planner.update(cost: 3)
        // 1 + 0.3 · 2 = 1.6 s; plus a fifth, 48 samples.
        #expect(planner.stride == 48)
    }

    @Test func narrowsAfterItHasBeenFastEnoughForAWhile() {
        var planner = StridePlanner(stride: 32, length: 64, rate: 25)
        planner.update(cost: 4)
        #expect(planner.stride == 120)
        var widths: [Int] = []
        for _ in 0..<40 {
            planner.update(cost: 0.2)
            widths.append(planner.stride)
        }
        #expect(widths.prefix(3).allSatisfy { $0 == 120 })
        #expect(zip(widths, widths.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(widths.last == 32)
    }

    @Test func strideIsBounded() {
        var planner = StridePlanner(stride: 8, length: 16, rate: 25)
        for cost in [Double.infinity, .nan, -1, 1e300] { planner.update(cost: cost) }
        #expect((1...16 * 4).contains(planner.stride))
        var narrow = StridePlanner(stride: nil, length: 1, rate: 0)
        narrow.update(cost: 1)
        #expect((1...16).contains(narrow.stride))
    }
}
