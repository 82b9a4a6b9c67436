import Decode
import Encode

/// What a job's reading thread tells its explaining thread, in this order: `opened` once, then items, each window right after
/// the picture that completed it.
enum DecodedItem: Sendable {
    case opened(OpenedSource)
    case item(SourceItem)
    case window(Window)
}

/// What a job's explaining thread tells its writing thread; pictures and packets in the order of the source.
enum ExplainedItem: Sendable {
    case opened(OpenedSource)
    /// A picture with its heats (none: no window explains it) and the answer to draw into it, if one is wanted.
    case picture(VideoFrame, heats: [HeatPlane], answer: LabelSchedule.Label?)
    case packet(MediaPacket)
    case label(LabelSchedule.Label)
}

extension DecodedItem {
    /// Bytes of its picture; 0 for anything else.
    var pictureBytes: Int {
        if case .item(.picture(let frame)) = self { frame.buffer.byteCount } else { 0 }
    }
}

extension ExplainedItem {
    /// Bytes of its picture; 0 for anything else.
    var pictureBytes: Int {
        if case .picture(let frame, _, _) = self { frame.buffer.byteCount } else { 0 }
    }
}

/// A source that is open, and how it is cut into windows.
struct OpenedSource: Sendable {
    var properties: SourceProperties
    var sampling: ResolvedSampling
    /// Where the network's picture lies in the source's.
    var mapping: PictureMapping
}
