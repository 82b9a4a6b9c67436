/// Which units compute by Winograd convolution, and with which tiles: in the order of the network, those whose transformed
/// filters still fit in what memory a model may spend on them.
///
/// The order puts units with large frames and few filters first, where a byte saves the most time.
struct WinogradBudget {
    /// What a unit's frames are like.
    enum Frames {
        /// To `Mixed_3c`: filters weigh little beside them.
        case large
        /// From `Mixed_4b` on.
        case small
    }

    /// Enough for the published network's units but the largest two, of `Mixed_5b` and `Mixed_5c`, which together would
    /// save 6 ms of a guided window of 360 ms for 112 MB.
    private static let fast = 340_000_000
    /// Enough for the units to `Mixed_3c`, its largest and its last with tiles of 2 frames.
    private static let low = 79_500_000

    /// Below this many channels on either side the transforms cost about what they save, and sums over so few products are
    /// short enough that the transforms' rounding would be most of the error.
    private static let fewestChannels = 32
    /// The same for what the stem writes; it reads 2 or 3.
    private static let fewestStemChannels = 16
    /// Filters that would weigh more, in bytes a direction, are transformed for tiles of 2 frames: two thirds of the memory
    /// for a fifth more time.
    private func heavy(_ frames: Frames) -> Int {
        switch (memory, frames) {
        case (.fast, .large): .max
        case (.low, .large): 12_000_000
        case (_, .small): 8_000_000
        }
    }

    private let memory: MemoryUse
    private var bytes: Int

    /// - Parameter bytes: nil for what `memory` allows; 0 for no Winograd convolution at all, as tests compare with.
    init(_ memory: MemoryUse, bytes: Int? = nil) {
        self.memory = memory
        self.bytes = bytes ?? (memory == .fast ? Self.fast : Self.low)
    }

    mutating func prepare(
        _ unit: FoldedConvolution, frames: Frames
    ) throws(ModelError) -> PreparedConvolution {
        let isWide =
            unit.kernel == 3
            ? min(unit.inputChannels, unit.outputChannels) >= Self.fewestChannels
            : unit.outputChannels >= Self.fewestStemChannels
        guard isWide else { return try PreparedConvolution(packing: unit) }
        var times = 4
        if unit.kernel == 3, size(unit, times: 4).forward > heavy(frames) { times = 2 }
        var size = size(unit, times: times)
        // What does not fit with tiles of 4 frames may with tiles of 2.
        if unit.kernel == 3, times == 4, size.forward + size.backward > bytes {
            times = 2
            size = self.size(unit, times: times)
        }
        guard size.forward + size.backward <= bytes else { return try PreparedConvolution(packing: unit) }
        bytes -= size.forward + size.backward
        return try PreparedConvolution(transforming: unit, times: times)
    }

    private func size(_ unit: FoldedConvolution, times: Int) -> WinogradFilters.Size {
        WinogradFilters.Size(
            kernel: unit.kernel, times: times, inputChannels: unit.inputChannels, outputChannels: unit.outputChannels)
    }
}
