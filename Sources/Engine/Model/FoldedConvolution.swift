/// The weights of one unit, or of several side by side, with batch-norm folded in, in the checkpoint's layout.
struct FoldedConvolution: Sendable {
    /// For display: the unit's name, or a common name of several units.
    let name: String
    /// The edge of the cubic kernel.
    let kernel: Int
    let inputChannels: Int
    /// The output channels of each unit.
    let widths: [Int]
    /// `[kt, kh, kw, cin, cout]`, cout the sum of `widths`.
    let filters: [Float]
    /// `[cout]`.
    let bias: [Float]

    var outputChannels: Int { widths.reduce(0, +) }

    init(name: String, kernel: Int, inputChannels: Int, outputChannels: Int, filters: [Float], bias: [Float]) {
        self.name = name
        self.kernel = kernel
        self.inputChannels = inputChannels
        widths = [outputChannels]
        self.filters = filters
        self.bias = bias
    }

    /// Joins several units with 1x1x1 filters over the same input: their filters side by side.
    init(joining units: [FoldedConvolution], name: String) {
        let inputChannels = units.first?.inputChannels ?? 0
        var filters: [Float] = []
        filters.reserveCapacity(units.reduce(0) { $0 + $1.filters.count })
        for row in 0..<inputChannels {
            for unit in units {
                filters += unit.filters[row * unit.outputChannels..<(row + 1) * unit.outputChannels]
            }
        }
        self.name = name
        kernel = 1
        self.inputChannels = inputChannels
        widths = units.map(\.outputChannels)
        self.filters = filters
        bias = units.flatMap(\.bias)
    }
}
