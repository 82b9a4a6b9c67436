import Pipeline

extension Settings {
    /// The effective settings as a configuration file. It gives the same settings again, except for the secrets in
    /// addresses, which are hidden.
    package var text: String {
        var lines: [String] = []
        func add(_ entries: [(key: String, value: ConfigTree.Value)], indent: Int = 0) {
            var section: Substring?
            for (key, value) in entries {
                let names = key.split(separator: ".", maxSplits: 1)
                let isNested = names.count > 1
                if isNested, section != names.first {
                    section = names.first
                    lines.append(Self.indented(indent) + "\(names[0]):")
                }
                let name = names.last.map(String.init) ?? key
                lines.append(Self.indented(isNested ? indent + 2 : indent) + "\(name): \(Self.text(value))")
            }
        }
        func add<Item>(
            _ section: String, _ items: [Item], indent: Int = 0, name: (Item) -> String, more: (Item) -> Void
        ) {
            guard !items.isEmpty else { return }
            lines.append(Self.indented(indent) + "\(section):")
            for item in items {
                lines.append(Self.indented(indent + 2) + "\(name(item)):")
                more(item)
            }
        }
        func points(_ region: FrameRegion) {
            add([("points", .text(region.polygon.text))], indent: 8)
        }
        // The tokens belong to `http`, so the other settings of `http` come last.
        let entries = Self.table.entries(of: self)
        add(entries.filter { !$0.key.hasPrefix("http.") } + entries.filter { $0.key.hasPrefix("http.") })
        add("tokens", http.tokens, indent: 2, name: \.name) { add(TokenSettings.table.entries(of: $0), indent: 6) }
        if let mqtt {
            lines.append("mqtt:")
            add(MQTTSettings.table.entries(of: mqtt), indent: 2)
        }
        if dropFolders.isEmpty { lines.append("folders: {}") }
        add("folders", dropFolders, name: \.name) { dropFolder in
            add(DropFolderSettings.table.entries(of: dropFolder), indent: 4)
            add(AnnotationSettings.tableOfFiles.entries(of: dropFolder.annotation), indent: 4)
            lines.append("    events:")
            add(JobEventSettings.table.entries(of: dropFolder.events), indent: 6)
        }
        if cameras.isEmpty { lines.append("cameras: {}") }
        add("cameras", cameras, name: \.name) { camera in
            add(CameraSettings.table.entries(of: camera), indent: 4)
            add(AnnotationSettings.table.entries(of: camera.annotation), indent: 4)
            lines.append("    events:")
            add(EventSettings.table.entries(of: camera.events), indent: 6)
            add("masks", camera.masks, indent: 4, name: \.name, more: points)
            add("zones", camera.zones, indent: 4, name: \.name) { zone in
                points(zone.region)
                add(ZoneSettings.table.entries(of: zone), indent: 8)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func indented(_ count: Int) -> String { String(repeating: " ", count: count) }

    private static func text(_ value: ConfigTree.Value) -> String {
        switch value {
        case .text(let text): quoted(text)
        case .list(let items): "[\(items.map(quoted).joined(separator: ", "))]"
        case .emptySection: "{}"
        }
    }

    /// The value without quotes if YAML reads it as the same text, otherwise in single quotes.
    private static func quoted(_ value: String) -> String {
        let isPlain =
            value.first.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "/") } == true
            && value.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-+".contains($0)) }
        return isPlain ? value : "'\(value.replacing("'", with: "''"))'"
    }
}
