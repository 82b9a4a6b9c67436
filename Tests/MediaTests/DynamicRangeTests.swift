import CFFmpeg
import Foundation
import Media
import Testing

/// PQ and HLG, checked against the figures in ITU-R BT.2408.
@Suite struct DynamicRangeTests {
    private func close(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool { abs(a - b) <= tolerance }

    @Test("Signals convert to the luminances of BT.2408's table 1, and back")
    func light() {
        // Grey card 26 cd/m² at 38 % PQ and HLG; diffuse white 203 at 58 % PQ and 75 % HLG.
        for (percent, nits) in [(0.38, 26.0), (0.58, 203.0)] {
            #expect(close(DynamicRange.pq.light(percent), nits, nits * 0.03))
        }
        #expect(close(DynamicRange.pq.light(1), 10_000, 0.01) && DynamicRange.pq.light(0) == 0)
        for (percent, nits) in [(0.38, 26.0), (0.75, 203.0), (1, 1000)] {
            let scene = DynamicRange.hlg.light(percent)
            let shown = 1000 * scene * (scene > 0 ? Foundation.pow(scene, 0.2) : 0)
            #expect(close(shown, nits, nits * 0.02), "\(shown)")
        }
        for range in [DynamicRange.pq, .hlg] {
            for nits in [0.0, 0.5, 26, 99, 203, 900] {
                let signal = range.signal([nits, nits, nits], luma: Primaries.bt2020.luma)[0]
                let scene = range.light(signal)
                let shown = range == .pq ? scene : 1000 * scene * (scene > 0 ? Foundation.pow(scene, 0.2) : 0)
                #expect(close(shown, nits, 0.001 + nits * 1e-6), "\(range) \(nits): \(shown)")
            }
        }
    }

    @Test("BT.2020 is converted to BT.709 as in BT.2087")
    func primaries() {
        // ITU-R BT.2087, the matrix from BT.709 to BT.2020.
        let printed = [0.6274, 0.3293, 0.0433, 0.0691, 0.9195, 0.0114, 0.0164, 0.0880, 0.8956]
        #expect(zip(Primaries.bt709.matrix(to: .bt2020), printed).allSatisfy { close($0, $1, 6e-5) })
        #expect(zip(Primaries.bt2020.luma, [0.2627, 0.6780, 0.0593]).allSatisfy { close($0, $1, 6e-5) })
    }
}
