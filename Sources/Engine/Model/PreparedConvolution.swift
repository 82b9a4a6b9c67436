/// The weights of one unit, or of several that share their input, ready to compute with: batch-norm folded in.
struct PreparedConvolution: Sendable {
    /// For people: the unit's name, or what several are called together.
    let name: String
    /// Edge of the cubic kernel.
    let kernel: Int
    let inputChannels: Int
    let outputChannels: Int
    /// `[kt, kh, kw, cin, cout]`, as the checkpoint has it: forward reads it as a matrix `[taps * cin][cout]`, backward as
    /// the transposed one.
    private var filters: [Float]
    private let bias: [Float]
    /// Set if the unit computes by Winograd convolution.
    private(set) var winograd: WinogradFilters?

    init(name: String, kernel: Int, inputChannels: Int, outputChannels: Int, filters: [Float], bias: [Float]) {
        self.name = name
        self.kernel = kernel
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.filters = filters
        self.bias = bias
    }

    /// Several units with 1x1x1 filters over the same input as one: their filters side by side.
    init(joining units: [PreparedConvolution], name: String) {
        let outputChannels = units.reduce(0) { $0 + $1.outputChannels }
        let inputChannels = units.first?.inputChannels ?? 0
        var filters: [Float] = []
        filters.reserveCapacity(inputChannels * outputChannels)
        for row in 0..<inputChannels {
            for unit in units {
                filters += unit.filters[row * unit.outputChannels..<(row + 1) * unit.outputChannels]
            }
        }
        self.init(
            name: name, kernel: 1, inputChannels: inputChannels, outputChannels: outputChannels, filters: filters,
            bias: units.flatMap(\.bias))
    }

    /// The same unit prepared for Winograd convolution alone: `withPointers` has no filters to lend any more.
    ///
    /// - Throws: `tooLarge` if there is no memory.
    func transformed() throws(ModelError) -> PreparedConvolution {
        var unit = self
        unit.winograd = try WinogradFilters(
            kernel: kernel, inputChannels: inputChannels, outputChannels: outputChannels, filters: filters, bias: bias)
        unit.filters = []
        return unit
    }

    /// Lends the filters and the biases, in this order, for the length of `body`.
    func withPointers(_ body: (UnsafePointer<Float>, UnsafePointer<Float>) -> Void) {
        filters.withUnsafeBufferPointer { filters in
            bias.withUnsafeBufferPointer { bias in
                guard let filters = filters.baseAddress, let bias = bias.baseAddress else { return }
                body(filters, bias)
            }
        }
    }
}
