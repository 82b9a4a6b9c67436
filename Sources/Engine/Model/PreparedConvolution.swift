/// One unit, or several that share their input, with filters prepared for the kernels.
struct PreparedConvolution: Sendable {
    enum Filters: Sendable {
        case packed(PackedFilters)
        case winograd(WinogradFilters)
    }

    /// For display: the unit's name, or a common name of several units.
    let name: String
    /// The edge of the cubic kernel.
    let kernel: Int
    let inputChannels: Int
    /// The output channels of each unit.
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

    /// - Throws: `tooLarge` if there is not enough memory.
    init(packing unit: FoldedConvolution) throws(ModelError) {
        self.init(unit, .packed(try PackedFilters(unit)))
    }

    /// - Parameter times: output frames of a tile.
    /// - Throws: `tooLarge` if there is not enough memory.
    init(transforming unit: FoldedConvolution, framesPerTile: Int) throws(ModelError) {
        self.init(
            unit,
            .winograd(
                try WinogradFilters(
                    kernel: unit.kernel, framesPerTile: framesPerTile, inputChannels: unit.inputChannels,
                    outputChannels: unit.outputChannels,
                    filters: unit.filters, bias: unit.bias)))
    }
}
