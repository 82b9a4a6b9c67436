import Media

/// Counts the problems that decoding a source has worked around, and describes them as warnings.
struct DamageTally {
    /// Packets that the decoder rejected or that are marked as damaged.
    var corruptPackets = 0
    /// Frames that were output although parts of them were concealed.
    var corruptFrames = 0
    var repairedTimeStamps = 0
    var skippedFrames = 0
    /// The names of the first few skipped images.
    var skippedNames: [String] = []
    var ignoredFiles = 0
    var ignoredNames: [String] = []
    var changes = FrameChanges()
    var transparentFrames = 0
    var background = BackgroundColor.black
    /// Whether there is transparency that this build of FFmpeg does not decode.
    var isAlphaLost = false
    /// Nil for standard range.
    var dynamicRange: DynamicRange?
    /// A clause that states why the source seems to end too early; nil if it does not.
    var truncation: String?

    /// Adds the counts of an earlier part of the same source.
    func adding(_ earlier: DamageTally) -> DamageTally {
        var sum = self
        sum.corruptPackets += earlier.corruptPackets
        sum.corruptFrames += earlier.corruptFrames
        return sum
    }

    var warnings: [SourceWarning] {
        var warnings: [SourceWarning] = []
        func add(_ kind: SourceWarning.Kind, _ count: Int, _ message: (String) -> String) {
            guard count > 0 else { return }
            warnings.append(SourceWarning(kind, count: count, message: message(count == 1 ? "" : "s")))
        }
        add(.corruptPackets, corruptPackets) { "\(corruptPackets) damaged packet\($0) decoded around" }
        add(.corruptFrames, corruptFrames) { "\(corruptFrames) frame\($0) partly invented after damage" }
        add(.timeStampsRepaired, repairedTimeStamps) {
            "\(repairedTimeStamps) disordered time stamp\($0) repaired"
        }
        add(.skippedFrames, skippedFrames) {
            "\(skippedFrames) unreadable image\($0) skipped: \(Self.list(skippedNames, of: skippedFrames))"
        }
        add(.ignoredFiles, ignoredFiles) {
            "\(ignoredFiles) file\($0) that are not numbered images ignored: "
                + Self.list(ignoredNames, of: ignoredFiles)
        }
        if let message = changes.message {
            warnings.append(SourceWarning(.changedFrames, count: changes.count, message: message))
        }
        add(.transparency, transparentFrames) {
            "\(transparentFrames) frame\($0) with transparency shown on \(background); --background chooses the colour"
        }
        if isAlphaLost {
            warnings.append(
                SourceWarning(
                    .transparency, count: 1,
                    message: "the frames' transparency is not decoded: this build of FFmpeg lacks libvpx"))
        }
        if let dynamicRange {
            let white = Int(DynamicRange.referenceWhite)
            warnings.append(
                SourceWarning(
                    .highDynamicRange, count: 1,
                    message:
                        "HDR (\(dynamicRange.rawValue)): the network sees the frames in standard range (BT.709) with "
                        + "the reference white of \(white) cd/m² as white, and what is drawn over them is no brighter"))
        }
        if let truncation {
            warnings.append(SourceWarning(.truncated, count: 1, message: truncation))
        }
        return warnings
    }

    /// The number of names kept for a message.
    static let namesKept = 3

    private static func list(_ names: [String], of count: Int) -> String {
        names.prefix(namesKept).joined(separator: ", ") + (count > namesKept ? ", …" : "")
    }
}

extension DamageTally {
    /// Records the properties of a stream's frames.
    mutating func record(
        _ normalizer: borrowing FrameNormalizer, _ video: VideoStream, _ properties: SourceProperties,
        background: BackgroundColor
    ) {
        dynamicRange = properties.color.dynamicRange
        changes = normalizer.changes
        transparentFrames = normalizer.transparentCount
        self.background = background
        isAlphaLost = video.hasAlphaLayer && video.alphaDecoder == nil
    }
}
