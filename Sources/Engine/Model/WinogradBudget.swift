/// Decides which units use Winograd convolution, and with which tiles: in the order of the network, those whose
/// transformed filters still fit in the memory that a model may use for them.
///
/// In this order, units with large frames and few filters come first, for which a byte saves the most time.
struct WinogradBudget {
    /// The size of a unit's frames.
    enum Frames {
        /// Up to `Mixed_3c`: filters are small compared with frames.
        case large
        /// From `Mixed_4b` on.
        case small
    }

    /// In bytes: enough for all units of the published network except the largest two, of `Mixed_5b` and `Mixed_5c`,
    /// which together would save 6 of the 360 ms of a guided window for 112 MB.
    private static let fast = 340_000_000
    /// In bytes: enough for the units up to `Mixed_3c`, the largest and the last of them with tiles of 2 frames.
    private static let low = 79_500_000

    /// With fewer input or output channels, the transforms cost about as much time as they save, and sums of so few
    /// products are so precise that the transforms' rounding would be most of the error.
    private static let minimumChannels = 32
    /// The same for the output channels of the stem, which has 2 or 3 input channels.
    private static let minimumStemChannels = 16
    /// In bytes per direction. Filters that would need more are transformed for tiles of 2 frames: two thirds of the
    /// memory for a fifth more time.
    private func maximumSizeWith4Frames(_ frames: Frames) -> Int {
        switch (memory, frames) {
        case (.fast, .large): .max
        case (.low, .large): 12_000_000
        case (_, .small): 8_000_000
        }
    }

    private let memory: MemoryUse
    private var bytes: Int

    /// - Parameter bytes: the memory for transformed filters; nil for what `memory` allows, 0 for no Winograd
    ///   convolution, for comparison in tests.
    init(_ memory: MemoryUse, bytes: Int? = nil) {
        self.memory = memory
        self.bytes = bytes ?? (memory == .fast ? Self.fast : Self.low)
    }

    mutating func prepare(
        _ unit: FoldedConvolution, frames: Frames
    ) throws(ModelError) -> PreparedConvolution {
        let isWide =
            unit.kernel == 3
            ? min(unit.inputChannels, unit.outputChannels) >= Self.minimumChannels
            : unit.outputChannels >= Self.minimumStemChannels
        guard isWide else { return try PreparedConvolution(packing: unit) }
        var framesPerTile = 4
        if unit.kernel == 3, size(unit, framesPerTile: 4).forward > maximumSizeWith4Frames(frames) { framesPerTile = 2 }
        var size = size(unit, framesPerTile: framesPerTile)
        // Filters that do not fit with tiles of 4 frames may fit with tiles of 2.
        if unit.kernel == 3, framesPerTile == 4, size.forward + size.backward > bytes {
            framesPerTile = 2
            size = self.size(unit, framesPerTile: framesPerTile)
        }
        guard size.forward + size.backward <= bytes else { return try PreparedConvolution(packing: unit) }
        bytes -= size.forward + size.backward
        return try PreparedConvolution(transforming: unit, framesPerTile: framesPerTile)
    }

    private func size(_ unit: FoldedConvolution, framesPerTile: Int) -> WinogradFilters.Size {
        WinogradFilters.Size(
            kernel: unit.kernel, framesPerTile: framesPerTile, inputChannels: unit.inputChannels,
            outputChannels: unit.outputChannels)
    }
}
