import ArgumentParser
import Engine

/// The deletion and insertion curves of `trust`, `compare` and `evaluate`.
struct CurveOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Steps of the deletion and insertion curves.", valueName: "count"))
    var curveSteps = 20

    @Option(
        help: ArgumentHelp(
            "Random orders of the pixels whose mean figures the methods are compared with.", valueName: "count"))
    var randomOrders = RandomOrder.standardCount

    func check(_ problems: inout RequestProblems) {
        problems.demand((1...1000).contains(curveSteps), "--curve-steps is 1 to 1000, not \(curveSteps)")
        let counts = RandomOrder.counts
        problems.demand(
            counts.contains(randomOrders),
            "--random-orders is \(counts.lowerBound) to \(counts.upperBound), not \(randomOrders)")
    }
}
