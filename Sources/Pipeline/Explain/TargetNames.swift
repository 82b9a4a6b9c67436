/// What targets are called in the names of files: "top1", "walking", "contrast-walking-top1".
enum TargetNames {
    private static let longest = 40

    /// One name a target, in their order, each once.
    static func names(_ targets: [String]) -> [String] {
        var taken: Set<String> = []
        return targets.map { target in
            let plain = slug(target)
            var name = plain
            var number = 2
            while !taken.insert(name).inserted {
                name = "\(plain)-\(number)"
                number += 1
            }
            return name
        }
    }

    /// `path` with a target's name before its ending; as it is without a name.
    static func path(_ path: String, for name: String?) -> String {
        guard let name else { return path }
        let nameStart = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let dot = path[nameStart...].dropFirst().lastIndex(of: ".") ?? path.endIndex
        return "\(path[..<dot])_\(name)\(path[dot...])"
    }

    /// Lower case letters, digits and single hyphens.
    private static func slug(_ target: String) -> String {
        let words = target.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        let text = words.joined(separator: "-").prefix(longest)
        return text.isEmpty ? "target" : String(text)
    }
}
