/// Counts what a source decoded around, and puts it into sentences.
struct DamageTally {
    /// Packets that the decoder refused or that were marked as damaged.
    var corruptPackets = 0
    /// Pictures that were shown although part of them was invented.
    var corruptFrames = 0
    var repairedTimeStamps = 0
    var skippedPictures = 0
    /// Names of the first few of them.
    var skippedNames: [String] = []
    var ignoredFiles = 0
    var ignoredNames: [String] = []
    /// Why the source seems to end too early, one clause; nil if it does not.
    var truncation: String?

    /// Adds what was counted in an earlier part of the same source.
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
        add(.corruptFrames, corruptFrames) { "\(corruptFrames) picture\($0) partly invented after damage" }
        add(.timeStampsRepaired, repairedTimeStamps) {
            "\(repairedTimeStamps) disordered time stamp\($0) repaired"
        }
        add(.skippedPictures, skippedPictures) {
            "\(skippedPictures) unreadable picture\($0) skipped: \(Self.list(skippedNames, of: skippedPictures))"
        }
        add(.ignoredFiles, ignoredFiles) {
            "\(ignoredFiles) file\($0) that are no numbered pictures ignored: "
                + Self.list(ignoredNames, of: ignoredFiles)
        }
        if let truncation {
            warnings.append(SourceWarning(.truncated, count: 1, message: truncation))
        }
        return warnings
    }

    /// Names kept for a message.
    static let namesKept = 3

    private static func list(_ names: [String], of count: Int) -> String {
        names.prefix(namesKept).joined(separator: ", ") + (count > namesKept ? ", …" : "")
    }
}
