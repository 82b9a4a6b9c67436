import Files
import Glibc

/// The lists of clips of public datasets, as they are published, recognised by their content.
///
/// | dataset | file | clip |
/// |---|---|---|
/// | Kinetics | CSV: columns `label`, `youtube_id`, `time_start`, `time_end` | `ROOT/[LABEL/]ID_000010_000020.mp4` |
/// | UCF-101 | `testlist01.txt`, `trainlist01.txt` | `ROOT/CLASS/v_CLASS_g01_c01.avi` |
/// | HMDB-51 | `CLASS_test_split1.txt`, or the folder with all of them | `ROOT/CLASS/NAME.avi` |
enum PublishedClipList {
    /// A clip before its label is looked up.
    struct Entry: Equatable {
        /// The line in the list, counted from 1.
        var line: Int
        /// The clip's name in results.
        var name: String
        /// Where the clip may be, below the root; the first one that exists is used.
        var places: [String]
        /// The spellings of the label that a model may use, the published one first.
        var labels: [String]
    }

    /// The part of a split that has both in one file, as HMDB-51's have.
    enum Part {
        case training, testing
    }

    /// The entries of a list in one of these formats; nil if it is in none of them.
    ///
    /// - Parameter name: the file's name.
    /// - Throws: `ClipListError` for a malformed line.
    static func entries(_ text: String, name: String, part: Part = .testing) throws(ClipListError) -> [Entry]? {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard let first = lines.first(where: { !$0.isEmpty }) else { return nil }
        if let action = hmdbClass(name) { return try hmdb(lines, action, part) }
        let header = fields(first).map { $0.lowercased() }
        if header.contains("youtube_id") { return try kinetics(lines, header) }
        return ucfClass(first.prefix { $0 != " " }) == nil ? nil : try ucf(lines)
    }

    // MARK: Kinetics

    private static let endings = ["mp4", "mkv", "webm", "avi"]

    private static func kinetics(_ lines: [Substring], _ header: [String]) throws(ClipListError) -> [Entry] {
        let headerLine = lines.firstIndex { !$0.isEmpty } ?? 0
        func column(_ name: String) throws(ClipListError) -> Int {
            guard let index = header.firstIndex(of: name) else {
                throw ClipListError(
                    line: headerLine + 1, reason: "is a header without the column \(name), which every clip needs")
            }
            return index
        }
        let (label, id) = (try column("label"), try column("youtube_id"))
        let (start, end) = (try column("time_start"), try column("time_end"))
        var entries: [Entry] = []
        for (index, line) in lines.enumerated() where index > headerLine && !line.isEmpty {
            let fields = fields(line)
            guard fields.count == header.count, let from = seconds(fields[start]), let to = seconds(fields[end]),
                !fields[label].isEmpty, isName(fields[id]), isName(fields[label])
            else { throw ClipListError(line: index + 1, reason: "is not a label, a YouTube id and two times") }
            let name = "\(fields[id])_\(from)_\(to)"
            let folders = ["", "\(fields[label])/", fields[label].replacing(" ", with: "_") + "/"]
            entries.append(
                Entry(
                    line: index + 1, name: name,
                    places: endings.flatMap { ending in folders.map { "\($0)\(name).\(ending)" } },
                    labels: [fields[label]]))
        }
        return entries
    }

    /// "10" or "10.0" as "000010", as downloaders name the clips.
    private static func seconds(_ text: String) -> String? {
        guard let value = Double(text), value >= 0, value < 1_000_000 else { return nil }
        let digits = String(Int(value))
        return String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// The fields of a line of CSV, without their quotes (RFC 4180).
    static func fields(_ line: Substring) -> [String] {
        var fields = [""]
        var isQuoted = false
        var previous: Character?
        for character in line {
            switch character {
            case "\"":
                // A doubled quote inside quotes is one quote.
                if !isQuoted, previous == "\"" { fields[fields.count - 1].append("\"") }
                isQuoted.toggle()
            case "," where !isQuoted: fields.append("")
            default: fields[fields.count - 1].append(character)
            }
            previous = character
        }
        return fields
    }

    // MARK: UCF-101

    private static func ucf(_ lines: [Substring]) throws(ClipListError) -> [Entry] {
        var entries: [Entry] = []
        for (index, line) in lines.enumerated() where !line.isEmpty {
            // Training lists also give the number of the class, counted from 1; the folder has its name.
            let path = line.prefix { $0 != " " }
            guard let action = ucfClass(path) else {
                throw ClipListError(line: index + 1, reason: "is not CLASS/v_CLASS_g01_c01.avi")
            }
            entries.append(
                Entry(line: index + 1, name: String(path), places: [String(path)], labels: [action, words(action)]))
        }
        return entries
    }

    private static func ucfClass(_ path: some StringProtocol) -> String? {
        let parts = path.split(separator: "/")
        guard parts.count == 2, parts[1].hasPrefix("v_"), parts[1].contains("_g"), isName(String(parts[0])) else {
            return nil
        }
        return String(parts[0])
    }

    /// "ApplyEyeMakeup" as "Apply Eye Makeup".
    private static func words(_ name: String) -> String {
        var words = ""
        for character in name {
            if character.isUppercase, words.last?.isLowercase == true { words.append(" ") }
            words.append(character)
        }
        return words
    }

    // MARK: HMDB-51

    /// "brush_hair" of "brush_hair_test_split1.txt".
    static func hmdbClass(_ name: String) -> String? {
        let suffix = name.suffix("_test_split1.txt".count)
        guard ["1", "2", "3"].contains(where: { suffix == "_test_split\($0).txt" }) else { return nil }
        let action = name.dropLast(suffix.count)
        return action.isEmpty ? nil : String(action)
    }

    /// Lines are a name and 1 (training), 2 (test) or 0 (neither).
    private static func hmdb(_ lines: [Substring], _ action: String, _ part: Part) throws(ClipListError) -> [Entry] {
        var entries: [Entry] = []
        for (index, line) in lines.enumerated() {
            let parts = line.split(separator: " ")
            if parts.isEmpty { continue }
            guard parts.count == 2, ["0", "1", "2"].contains(parts[1]), isName(String(parts[0])) else {
                throw ClipListError(line: index + 1, reason: "is not a clip's name and 0, 1 or 2")
            }
            guard parts[1] == (part == .training ? "1" : "2") else { continue }
            entries.append(
                Entry(
                    line: index + 1, name: "\(action)/\(parts[0])",
                    places: ["\(action)/\(parts[0])", String(parts[0])], labels: [action]))
        }
        return entries
    }

    /// Whether a text is a single component of a path and does not lead to another folder.
    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text != "." && text != ".." && !text.contains("/") && text.utf8.count < 256
            && !text.unicodeScalars.contains { $0.value < 32 }
    }
}

/// An error in a line of a list of clips.
struct ClipListError: Error {
    /// Counted from 1.
    var line: Int
    /// A clause whose subject is the line.
    var reason: String
}
