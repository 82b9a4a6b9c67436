/// The names and shapes of Inception-I3D (arXiv 1705.07750), as in the published TensorFlow checkpoints.
public enum I3DArchitecture {
    /// A convolution with batch-norm and ReLU.
    public struct Unit: Sendable, Hashable {
        /// "Conv3d_1a_7x7", "Mixed_3b/Branch_0/Conv3d_0a_1x1", …
        public let name: String
        /// The edge of the cubic kernel: 1, 3 or 7.
        public let kernel: Int
        /// 2 for the stem, 1 elsewhere.
        public let stride: Int
    }

    /// The four branches of an Inception block; every branch reads the block's input, `branch3` through a 3x3x3
    /// max-pool.
    public struct MixedBlock: Sendable, Hashable {
        public let name: String
        public let branch0: Unit
        public let branch1Reduce: Unit
        public let branch1: Unit
        public let branch2Reduce: Unit
        public let branch2: Unit
        public let branch3: Unit

        public var units: [Unit] { [branch0, branch1Reduce, branch1, branch2Reduce, branch2, branch3] }

        init(_ name: String) {
            func unit(_ suffix: String, _ kernel: Int) -> Unit {
                Unit(name: "\(name)/\(suffix)", kernel: kernel, stride: 1)
            }
            self.name = name
            branch0 = unit("Branch_0/Conv3d_0a_1x1", 1)
            branch1Reduce = unit("Branch_1/Conv3d_0a_1x1", 1)
            branch1 = unit("Branch_1/Conv3d_0b_3x3", 3)
            branch2Reduce = unit("Branch_2/Conv3d_0a_1x1", 1)
            // The published graph misnames this one unit.
            branch2 = unit(name == "Mixed_5b" ? "Branch_2/Conv3d_0a_3x3" : "Branch_2/Conv3d_0b_3x3", 3)
            branch3 = unit("Branch_3/Conv3d_0b_1x1", 1)
        }
    }

    public static let stem = Unit(name: "Conv3d_1a_7x7", kernel: 7, stride: 2)
    public static let conv2b = Unit(name: "Conv3d_2b_1x1", kernel: 1, stride: 1)
    public static let conv2c = Unit(name: "Conv3d_2c_3x3", kernel: 3, stride: 1)
    public static let mixedBlocks = [
        "Mixed_3b", "Mixed_3c", "Mixed_4b", "Mixed_4c", "Mixed_4d", "Mixed_4e", "Mixed_4f", "Mixed_5b", "Mixed_5c",
    ].map(MixedBlock.init)

    /// Every unit in the order of the forward pass.
    public static let units = [stem, conv2b, conv2c] + mixedBlocks.flatMap(\.units)

    /// The names of the endpoints, in the order of the forward pass; pools inside blocks are not endpoints.
    public static let endpointNames =
        [stem.name, "MaxPool3d_2a_3x3", conv2b.name, conv2c.name, "MaxPool3d_3a_3x3"]
        + mixedBlocks.flatMap { block in
            switch block.name {
            case "Mixed_4b": ["MaxPool3d_4a_3x3", block.name]
            case "Mixed_5b": ["MaxPool3d_5a_2x2", block.name]
            default: [block.name]
            }
        }

    /// Added to the moving variance before the square root.
    public static let batchNormEpsilon: Float = 1e-3

    /// The name of the filters, `[kt, kh, kw, cin, cout]`.
    public static func filterName(_ unit: Unit) -> String { "\(unit.name)/conv_3d/w" }
    /// The name of batch-norm's offsets, `[cout]`; there is no gamma.
    public static func betaName(_ unit: Unit) -> String { "\(unit.name)/batch_norm/beta" }
    /// The name of batch-norm's means, `[cout]`.
    public static func meanName(_ unit: Unit) -> String { "\(unit.name)/batch_norm/moving_mean" }
    /// The name of batch-norm's variances, `[cout]`.
    public static func varianceName(_ unit: Unit) -> String { "\(unit.name)/batch_norm/moving_variance" }
    /// The name of the head's filters, `[1, 1, 1, cin, classes]`.
    public static let logitsFilterName = "Logits/Conv3d_0c_1x1/conv_3d/w"
    /// The name of the head's bias, `[classes]`.
    public static let logitsBiasName = "Logits/Conv3d_0c_1x1/conv_3d/b"
}
