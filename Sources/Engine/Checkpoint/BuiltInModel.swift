import CModels
import Files

/// A model that is part of the executable; its raw value is the name it goes by wherever a checkpoint's path is taken.
public enum BuiltInModel: String, Sendable, CaseIterable {
    /// What moved, and how: a small network trained on synthetic clips.
    case motion = "builtin:motion"

    /// The checkpoint, as a safetensors file.
    var checkpoint: EmbeddedFile {
        EmbeddedFile(rawValue, constants: Self.constants(saliency_motion_model()))
    }

    /// What is known of it, as a JSON file.
    public var card: EmbeddedFile {
        EmbeddedFile(rawValue, constants: Self.constants(saliency_motion_card()))
    }

    private static func constants(_ constants: saliency_constants) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: constants.bytes, count: constants.count)
    }
}
