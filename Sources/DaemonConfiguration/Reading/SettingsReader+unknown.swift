import Engine

extension SettingsReader {
    /// Records an error for each key that nothing has read, but only for the first one below an unknown name.
    mutating func refuseUnknown() throws(SettingsError) {
        let inFile = tree.entries.map(\.key)
        let keys = inFile + Set(tree.options.map(\.key)).subtracting(inFile).sorted()
        let unknown = keys.filter { key in !known.contains(key) && !unread.contains { key.hasPrefix($0) } }
        var strangers: Set<String> = []
        for key in unknown {
            if known.contains(where: { $0.hasPrefix("\(key).") }) {
                if tree.value(key)?.value != .emptySection {
                    try refuse(key, "has to be a map of settings; `{}` stands for one without any")
                }
                continue
            }
            let parent = key.split(separator: ".").dropLast().joined(separator: ".")
            let siblings = known.filter { $0.split(separator: ".").dropLast().joined(separator: ".") == parent }
            guard !siblings.isEmpty || strangers.insert(parent).inserted else { continue }
            try refuseUnknown(key, besides: siblings)
        }
    }

    private mutating func refuseUnknown(_ key: String, besides siblings: Set<String>) throws(SettingsError) {
        let names = siblings.compactMap { $0.split(separator: ".").last.map(String.init) }.sorted()
        let last = key.split(separator: ".").last.map(String.init) ?? key
        // If no key beside it is known, the mistake is in a section further up.
        let hint = names.isEmpty ? NearMisses.hint(key, in: known.sorted()) : NearMisses.hint(last, in: names)
        let allowed = names.isEmpty ? "" : "\(hint.isEmpty ? "; there" : " There") are \(names.joined(separator: ", "))"
        try refuse(key, "unknown key\(hint)\(allowed)")
    }
}
