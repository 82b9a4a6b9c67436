import CModels
import Files

/// A model that is part of the executable. Its raw value is accepted wherever a checkpoint's path is.
public enum BuiltInModel: String, Sendable, CaseIterable {
    /// A small network that names what moved and how, trained on synthetic clips.
    case motion = "builtin:motion"

    /// The checkpoint, as a safetensors file.
    var checkpoint: EmbeddedFile {
        EmbeddedFile(rawValue, constants: Self.constants(saliency_motion_model()))
    }

    /// The model card, as a JSON file.
    public var card: EmbeddedFile {
        EmbeddedFile(rawValue, constants: Self.constants(saliency_motion_card()))
    }

    private static func constants(_ constants: saliency_constants) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: constants.bytes, count: constants.count)
    }
}
