import Testing

@testable import Engine

/// The expectations of the PAIR package's own tests of Guided IG, on functions of two numbers.
@Suite("Guided IG's path")
struct GuidedPathTests {
    private func attribution(
        of input: [Float], baseline: [Float] = [0, 0], steps: Int = 1000, fraction: Double = 0.1, distance: Double,
        gradient: (Float, Float) -> [Float]
    ) -> [Float] {
        var path = GuidedPath(clip: input, baseline: baseline, frames: 1, pool: ThreadPool(threadCount: 1))
        for step in 1...steps {
            path.advance(
                to: Double(step) / Double(steps), within: distance, fraction: fraction,
                gradient: gradient(path.sample(0), path.sample(1)))
        }
        return path.attribution
    }

    private func isClose(_ found: [Float], _ expected: [Float], within part: Float = 0.01) -> Bool {
        zip(found, expected).allSatisfy { ($0 - $1).magnitude <= part * $1.magnitude }
    }

    @Test("Linear functions: as Integrated Gradients on any path")
    func linear() {
        let found = attribution(of: [10, 5], baseline: [-1, -3], steps: 10, distance: 0.5) { _, _ in [2, 1] }
        #expect(isClose(found, [22, 8], within: 1e-5))
        #expect(
            isClose(attribution(of: [10, 5], steps: 10, distance: 0.5) { _, _ in [2, 1] }, [20, 5], within: 1e-5))
    }

    @Test("Independent partial derivatives: as Integrated Gradients, in both directions")
    func independent() {
        let gradient = { (x: Float, y: Float) in [4 * x, 2 * y] }
        #expect(isClose(attribution(of: [3, 3], distance: 0.4, gradient: gradient), [18, 9]))
        #expect(isClose(attribution(of: [0, 0], baseline: [3, 3], distance: 0.4, gradient: gradient), [-18, -9]))
    }

    @Test("Dependent partial derivatives: from Integrated Gradients to the unbounded path")
    func dependent() {
        let gradient = { (x: Float, y: Float) in [8 * x + 4 * y, 4 * x + 2 * y] }
        #expect(isClose(attribution(of: [3, 3], distance: 0, gradient: gradient), [54, 27]))
        #expect(isClose(attribution(of: [3, 3], fraction: 1, distance: 0.5, gradient: gradient), [54, 27]))
        #expect(isClose(attribution(of: [3, 3], distance: 1, gradient: gradient), [72, 9]))
        let between = attribution(of: [3, 3], distance: 0.2, gradient: gradient)
        #expect((between[0] + between[1] - 81).magnitude < 0.1)
        #expect(55 < between[0] && between[0] < 71)
        #expect(10 < between[1] && between[1] < 26)
    }

    @Test("A clip that equals its baseline has no shares")
    func nowhere() {
        #expect(attribution(of: [2, 3], baseline: [2, 3], distance: 0.1) { _, _ in [1, 1] } == [0, 0])
    }
}
