import TestSupport
import Testing

@testable import Engine

@Suite("Arena plan")
struct ArenaPlanTests {
    @Test(
        "Buffers in use at the same time never overlap, and the arena is no larger than all buffers together",
        arguments: 0..<50)
    func neverOverlaps(_ seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let requests = (0..<40).map { _ in
            let first = Int.random(in: 0..<30, using: &random)
            return ArenaPlan.Request(
                bytes: Int.random(in: 0..<5000, using: &random), first: first,
                last: first + Int.random(in: 0..<10, using: &random))
        }
        let plan = ArenaPlan(requests)
        for (i, a) in requests.enumerated() {
            #expect(plan.offsets[i] % ArenaPlan.alignment == 0)
            #expect(plan.offsets[i] + a.bytes <= plan.size)
            for (j, b) in requests.enumerated() where j > i && a.first <= b.last && b.first <= a.last {
                let isApart =
                    plan.offsets[i] + a.bytes <= plan.offsets[j] || plan.offsets[j] + b.bytes <= plan.offsets[i]
                #expect(isApart)
            }
        }
        #expect(plan.size <= requests.reduce(0) { $0 + ArenaPlan.aligned($1.bytes) })
    }

    @Test("Buffers in use one after another share memory")
    func shares() {
        let requests = (0..<10).map { ArenaPlan.Request(bytes: 1000, first: $0, last: $0 + 1) }
        #expect(ArenaPlan(requests).size == 2 * ArenaPlan.aligned(1000))
    }
}
