/// One unit, or several that share their input, ready to compute with.
struct PreparedConvolution: Sendable {
    enum Filters: Sendable {
        case packed(PackedFilters)
        case winograd(WinogradFilters)
    }

    /// For people: the unit's name, or what several are called together.
    let name: String
    /// Edge of the cubic kernel.
    let kernel: Int
    let inputChannels: Int
    /// Of each unit.
    let widths: [Int]
    let filters: Filters

    var outputChannels: Int { widths.reduce(0, +) }

    private init(_ unit: FoldedConvolution, _ filters: Filters) {
        name = unit.name
        kernel = unit.kernel
        inputChannels = unit.inputChannels
        widths = unit.widths
        self.filters = filters
    }

    /// - Throws: `tooLarge` if there is no memory.
    init(packing unit: FoldedConvolution) throws(ModelError) {
        self.init(unit, .packed(try PackedFilters(unit)))
    }

    /// - Throws: `tooLarge` if there is no memory.
    init(transforming unit: FoldedConvolution, times: Int) throws(ModelError) {
        self.init(
            unit,
            .winograd(
                try WinogradFilters(
                    kernel: unit.kernel, times: times, inputChannels: unit.inputChannels,
                    outputChannels: unit.outputChannels,
                    filters: unit.filters, bias: unit.bias)))
    }
}
