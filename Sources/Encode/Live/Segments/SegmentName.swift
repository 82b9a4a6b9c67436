import Files

/// The name of a segment: "NAME-20261126T142300Z.mp4", with "-2", "-3", … before the extension if that exists.
struct SegmentName: Comparable {
    /// Whole seconds since 1970.
    let start: Double
    /// 1 if the name has no number.
    let number: Int
    let text: String

    /// The first name to try for a file with this start time.
    init(camera: String, start: Double) {
        let time = UTCTime(start)
        self.start = time.seconds.rounded(.down)
        number = 1
        text = "\(camera)-\(time.compact).mp4"
    }

    /// - Returns: nil for a file that is not the camera's.
    init?(_ text: String, camera: String) {
        let prefix = camera + "-"
        guard text.hasPrefix(prefix), text.hasSuffix(".mp4") else { return nil }
        let rest = text.dropFirst(prefix.count).dropLast(4)
        guard let time = UTCTime(compact: rest.prefix(16)) else { return nil }
        let suffix = rest.dropFirst(16)
        if suffix.isEmpty {
            number = 1
        } else {
            guard suffix.first == "-", let number = Int(suffix.dropFirst()),
                (2...FileMove.maximumNames).contains(number),
                suffix == "-\(number)"
            else { return nil }
            self.number = number
        }
        start = time.seconds
        self.text = text
    }

    /// - Returns: nil for a file that does not have a temporary name of one of the camera's segments.
    init?(staged text: String, camera: String) {
        // ".NAME.mp4.1f.saliencyd-partial"
        guard text.hasPrefix("."), text.hasSuffix(TemporaryName.suffix) else { return nil }
        let rest = text.dropFirst().dropLast(TemporaryName.suffix.count)
        guard let dot = rest.lastIndex(of: "."), UInt32(rest[rest.index(after: dot)...], radix: 16) != nil else {
            return nil
        }
        self.init(String(rest[..<dot]), camera: camera)
    }

    /// The name of its folder.
    var day: String { UTCTime(start).day }

    static func < (first: SegmentName, second: SegmentName) -> Bool {
        (first.start, first.number) < (second.start, second.number)
    }
}
