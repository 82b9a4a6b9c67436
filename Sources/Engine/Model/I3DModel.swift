import Files

/// An Inception-I3D network that is ready to compute: all variables are checked, and batch-norm is folded in.
///
/// Immutable; any number of sessions can share it.
public final class I3DModel: Sendable {
    /// An Inception block. The three units with 1x1x1 filters over the block's input are computed as one matrix
    /// product.
    struct Block: Sendable {
        let name: String
        /// Branch 0 and the reducing units of branches 1 and 2, side by side.
        let entry: PreparedConvolution
        let branch1: PreparedConvolution
        let branch2: PreparedConvolution
        let branch3: PreparedConvolution

        var outputChannels: Int {
            entry.widths[0] + branch1.outputChannels + branch2.outputChannels + branch3.outputChannels
        }
    }

    public let manifest: ModelManifest
    public let memory: MemoryUse
    public var classCount: Int { head.classCount }
    /// 3 for RGB, 2 for optical flow.
    public var inputChannels: Int { stem.inputChannels }
    /// The number of features that the head turns into logits; 1024 for the published network.
    public var featureCount: Int { head.inputChannels }

    let stem: PreparedConvolution
    let conv2b: PreparedConvolution
    let conv2c: PreparedConvolution
    let blocks: [Block]
    let head: HeadWeights

    /// Makes the network from its variables, with any width multiplier and any number of classes and input channels.
    ///
    /// - Throws: `missingVariable`, `wrongShape` or `malformed`, naming the variable; `labels` or `malformed` if the
    ///   manifest does not fit the variables.
    public convenience init(
        variables: ModelVariables, manifest: ModelManifest, memory: MemoryUse = .fast
    ) throws(ModelError) {
        try self.init(
            variables: variables, manifest: manifest, memory: memory, winograd: WinogradBudget(memory))
    }

    /// - Parameter winograd: decides which units use Winograd convolution.
    init(
        variables: ModelVariables, manifest: ModelManifest, memory: MemoryUse, winograd: WinogradBudget
    ) throws(ModelError) {
        let reader = VariableReader(variables: variables)
        var budget = winograd
        stem = try budget.prepare(reader.unit(I3DArchitecture.stem, inputChannels: nil), frames: .large)
        conv2b = try PreparedConvolution(
            packing: reader.unit(I3DArchitecture.conv2b, inputChannels: stem.outputChannels))
        conv2c = try budget.prepare(
            reader.unit(I3DArchitecture.conv2c, inputChannels: conv2b.outputChannels), frames: .large)

        var blocks: [Block] = []
        var channels = conv2c.outputChannels
        for mixed in I3DArchitecture.mixedBlocks {
            let block = try Self.block(mixed, reader, &budget, inputChannels: channels)
            channels = block.outputChannels
            blocks.append(block)
        }
        self.blocks = blocks

        let filters = try reader.variable(I3DArchitecture.logitsFilterName, shape: [1, 1, 1, channels, nil])
        let classCount = filters.shape[4]
        head = HeadWeights(
            inputChannels: channels, classCount: classCount, filters: filters.values,
            bias: try reader.vector(I3DArchitecture.logitsBiasName, count: classCount))
        self.manifest = manifest
        self.memory = memory
        try Self.check(manifest, inputChannels: stem.inputChannels, classCount: classCount)
    }

    private static func block(
        _ mixed: I3DArchitecture.MixedBlock, _ reader: VariableReader, _ budget: inout WinogradBudget,
        inputChannels: Int
    ) throws(ModelError) -> Block {
        let branch0 = try reader.unit(mixed.branch0, inputChannels: inputChannels)
        let reduce1 = try reader.unit(mixed.branch1Reduce, inputChannels: inputChannels)
        let reduce2 = try reader.unit(mixed.branch2Reduce, inputChannels: inputChannels)
        let entry = [branch0, reduce1, reduce2]
        let frames = mixed.name.hasPrefix("Mixed_3") ? WinogradBudget.Frames.large : .small
        return Block(
            name: mixed.name,
            entry: try PreparedConvolution(
                packing: FoldedConvolution(joining: entry, name: "\(mixed.name)/Branch_0,1,2/1x1")),
            branch1: try budget.prepare(
                reader.unit(mixed.branch1, inputChannels: reduce1.outputChannels), frames: frames),
            branch2: try budget.prepare(
                reader.unit(mixed.branch2, inputChannels: reduce2.outputChannels), frames: frames),
            branch3: try PreparedConvolution(packing: reader.unit(mixed.branch3, inputChannels: inputChannels)))
    }

    private static func check(
        _ manifest: ModelManifest, inputChannels: Int, classCount: Int
    ) throws(ModelError) {
        guard manifest.inputChannels == inputChannels else {
            throw ModelError(
                .malformed, "the manifest says \(manifest.inputChannels) input channels, the filters \(inputChannels)")
        }
        guard manifest.classCount == classCount else {
            throw ModelError(
                .malformed,
                "the manifest says \(manifest.classCount.counted("class", "classes")), the filters \(classCount)")
        }
        guard manifest.labels.isEmpty || manifest.labels.count == classCount else {
            throw ModelError(
                .labels,
                "there \(manifest.labels.count == 1 ? "is" : "are") \(manifest.labels.count.counted("label")) for "
                    + classCount.counted("class", "classes"))
        }
        guard manifest.inputScale.isFinite, manifest.inputOffset.isFinite else {
            throw ModelError(.malformed, "the manifest's input scale or offset is not finite")
        }
    }
}
