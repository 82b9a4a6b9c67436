/// Which units compute by Winograd convolution: in the order of the network, those whose transformed filters still fit in
/// what memory a model may spend on them.
///
/// The order puts units with large pictures and few filters first, where a byte saves the most time.
struct WinogradBudget {
    /// Enough for the published network's units but the largest three, of `Mixed_4f`, `Mixed_5b` and `Mixed_5c`.
    private var bytes = 340_000_000

    /// Below this many channels on either side the transforms cost about what they save, and sums over so few products are
    /// short enough that the transforms' rounding would be most of the error.
    private static let fewestChannels = 32
    /// The same for what the stem writes; it reads 2 or 3.
    private static let fewestStemChannels = 16

    mutating func prepare(_ unit: FoldedConvolution) throws(ModelError) -> PreparedConvolution {
        let isWide =
            unit.kernel == 3
            ? min(unit.inputChannels, unit.outputChannels) >= Self.fewestChannels
            : unit.outputChannels >= Self.fewestStemChannels
        guard isWide else { return try PreparedConvolution(packing: unit) }
        let directions = WinogradFilters.Size(
            kernel: unit.kernel, inputChannels: unit.inputChannels, outputChannels: unit.outputChannels)
        let size = directions.forward + directions.backward
        guard size <= bytes else { return try PreparedConvolution(packing: unit) }
        bytes -= size
        return try PreparedConvolution(transforming: unit)
    }
}
