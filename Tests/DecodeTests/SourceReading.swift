import CFFmpeg
import Media
import TestSupport

@testable import Decode

/// Everything that a source delivers.
struct Reading {
    var frames: [VideoFrame] = []
    var packets: [MediaPacket] = []
    var warnings: [SourceWarning] = []

    init(_ source: any FrameSource) throws(MediaError) {
        while let item = try source.next() {
            switch item {
            case .frame(let frame): frames.append(frame)
            case .packet(let packet): packets.append(packet)
            }
        }
        warnings = source.warnings
    }

    func count(_ kind: SourceWarning.Kind) -> Int {
        warnings.first { $0.kind == kind }?.count ?? 0
    }
}

extension ClipFrame {
    var bytes: [UInt8] {
        if case .bytes(let bytes) = pixels { return bytes }
        return []
    }
}
