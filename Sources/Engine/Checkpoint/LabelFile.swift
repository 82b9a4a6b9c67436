import Files

/// Label files: UTF-8 text, one label per line, in class order.
enum LabelFile {
    private static let largest = 4 << 20

    /// The labels of a file that must have `classCount` of them.
    static func read(_ path: String, classCount: Int) throws(ModelError) -> [String] {
        let file = try openFile(path)
        guard file.size <= largest else {
            throw ModelError(.labels, "is too large for a label file: \(file.size) bytes", file: path)
        }
        guard let text = String(validating: try file.modelBytes(at: 0, count: file.size), as: UTF8.self) else {
            throw ModelError(.labels, "is no UTF-8 text", file: path)
        }
        // A byte-order mark and Windows line ends are editors' doing, as are empty lines at the end.
        var lines = (text.first == "\u{FEFF}" ? text.dropFirst() : text[...])
            .split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
            .map { String($0.drop { $0.isWhitespace }).trimmingTrailingSpace }
        while lines.last?.isEmpty == true { lines.removeLast() }
        if let empty = lines.firstIndex(of: "") {
            throw ModelError(.labels, "has an empty line \(empty + 1) among its labels", file: path)
        }
        guard lines.count == classCount else {
            throw ModelError(
                .labels,
                "has \(lines.count.counted("label")), where the model has \(classCount.counted("class", "classes"))",
                file: path)
        }
        return lines
    }

    /// The label file that lies beside a checkpoint and has the right number of labels, if there is one.
    ///
    /// Beside means: in its folder, or (`label_map…` only, as the published archive has it) in one of the two above.
    static func find(for checkpoint: String, classCount: Int) -> (path: String, labels: [String])? {
        let maps = ["label_map.txt", "label_map_\(classCount).txt"]
        var folder = Path.folder(of: checkpoint)
        for names in [maps + ["labels.txt"], maps, maps] {
            for name in names {
                let path = Path.join(folder, name)
                if let labels = try? read(path, classCount: classCount) { return (path, labels) }
            }
            folder = Path.join(folder, "..")
        }
        return nil
    }
}

extension String {
    fileprivate var trimmingTrailingSpace: String {
        var text = self[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
