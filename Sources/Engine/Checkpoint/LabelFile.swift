import Files

/// Label files: UTF-8 text, one label per line, in class order.
package enum LabelFile {
    private static let maximumSize = 4 << 20

    /// The labels of a file that must have `classCount` of them.
    static func read(_ path: String, classCount: Int) throws(ModelError) -> [String] {
        let lines = try read(path)
        guard lines.count == classCount else {
            throw ModelError(
                .labels,
                "has \(lines.count.counted("label")), where the model has \(classCount.counted("class", "classes"))",
                file: path)
        }
        return lines
    }

    /// The labels of a file with any number of them.
    package static func read(_ path: String) throws(ModelError) -> [String] {
        let file = try openFile(path)
        guard file.size <= maximumSize else {
            throw ModelError(.labels, "is too large for a label file: \(file.size) bytes", file: path)
        }
        guard let text = String(validating: try file.modelBytes(at: 0, count: file.size), as: UTF8.self) else {
            throw ModelError(.labels, "is not UTF-8 text", file: path)
        }
        // Editors add byte-order marks, Windows line ends and empty lines at the end; these are ignored.
        var lines = (text.first == "\u{FEFF}" ? text.dropFirst() : text[...])
            .split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
            .map { String($0.drop { $0.isWhitespace }).trimmingTrailingSpace }
        while lines.last?.isEmpty == true { lines.removeLast() }
        if let empty = lines.firstIndex(of: "") {
            throw ModelError(.labels, "has an empty line \(empty + 1) among its labels", file: path)
        }
        return lines
    }

    /// The first label file beside a checkpoint that has the right number of labels, if there is one.
    ///
    /// It is looked for in the checkpoint's folder and, as in the published archive, in the two folders above it (only
    /// `label_map…`).
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
