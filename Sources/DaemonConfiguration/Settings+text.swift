import Pipeline

extension Settings {
    /// The effective settings as a configuration file that gives the same again, but for the secrets in addresses: those
    /// are hidden.
    package var text: String {
        var lines: [String] = []
        func value(_ key: String, _ value: String?, indent: Int = 0) {
            guard let value else { return }
            lines.append(String(repeating: " ", count: indent) + "\(key): \(Self.quoted(value))")
        }
        func classes(_ classes: EventSettings.Classes?, indent: Int) {
            switch classes {
            case .any: value("on-class", "any", indent: indent)
            case .named(let names):
                let list = names.map(Self.quoted).joined(separator: ", ")
                lines.append(String(repeating: " ", count: indent) + "on-class: [\(list)]")
            case nil: break
            }
        }
        func regions(_ kind: String, _ regions: [FrameRegion], more: (FrameRegion) -> Void) {
            guard !regions.isEmpty else { return }
            lines.append("    \(kind):")
            for region in regions {
                lines.append("      \(region.name):")
                value("points", region.polygon.text, indent: 8)
                more(region)
            }
        }
        value("model", model)
        value("labels", labels)
        value("state", state)
        value("quiet-hours", holds.quietHours?.text)
        value("free-space", String(holds.freeSpace))
        lines.append("ledger:")
        value("keep-age", ledger.keepAge.map { "\($0)" } ?? LedgerSettings.all, indent: 2)
        value("keep-jobs", ledger.keepJobs.map(String.init) ?? LedgerSettings.all, indent: 2)
        lines.append("engine:")
        value("threads", engine.threads.map(String.init), indent: 2)
        value("memory", engine.memory.rawValue, indent: 2)
        value("jobs", String(engine.jobs), indent: 2)
        value("frame-memory", engine.frameMemory.map(String.init), indent: 2)
        lines.append("http:")
        value("enabled", String(http.isEnabled), indent: 2)
        value("address", http.address, indent: 2)
        value("port", String(http.port), indent: 2)
        value("token-file", http.tokenFile, indent: 2)
        value("largest-upload", String(http.largestUpload), indent: 2)
        if !http.tokens.isEmpty { lines.append("  tokens:") }
        for token in http.tokens {
            lines.append("    \(token.name):")
            value("file", token.file, indent: 6)
            lines.append("      roles: [\(token.roles.map(\.rawValue).joined(separator: ", "))]")
        }
        lines.append("logging:")
        value("level", logging.level.rawValue, indent: 2)
        value("format", logging.format.rawValue, indent: 2)
        if let mqtt {
            lines.append("mqtt:")
            for (key, text) in mqtt.entries { value(key, text, indent: 2) }
        }
        lines.append(dropFolders.isEmpty ? "folders: {}" : "folders:")
        for dropFolder in dropFolders {
            lines.append("  \(dropFolder.name):")
            for (key, text) in dropFolder.entries { value(key, text, indent: 4) }
            for (key, patterns) in [("include", dropFolder.names.include), ("exclude", dropFolder.names.exclude)]
            where !patterns.isEmpty {
                lines.append("    \(key): [\(patterns.map(Self.quoted).joined(separator: ", "))]")
            }
            lines.append("    events:")
            for (key, text) in dropFolder.events.entries { value(key, text, indent: 6) }
            let states = JobEventSettings.allStates.filter(dropFolder.events.states.contains).map(\.rawValue)
            lines.append("      states: [\(states.joined(separator: ", "))]")
        }
        lines.append(cameras.isEmpty ? "cameras: {}" : "cameras:")
        for camera in cameras {
            lines.append("  \(camera.name):")
            for (key, text) in camera.entries { value(key, text, indent: 4) }
            lines.append("    events:")
            classes(camera.events.onClass, indent: 6)
            for (key, text) in camera.events.entries { value(key, text, indent: 6) }
            regions("masks", camera.masks) { _ in }
            regions("zones", camera.zones.map(\.region)) { zone in
                guard let zone = camera.zones.first(where: { $0.region == zone }) else { return }
                value("share-above", zone.shareAbove.map { "\($0)" }, indent: 8)
                classes(zone.onClass, indent: 8)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Plain where YAML takes it for nothing else, otherwise between single quotes.
    private static func quoted(_ value: String) -> String {
        let isPlain =
            value.first.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "/") } == true
            && value.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-+".contains($0)) }
        return isPlain ? value : "'\(value.replacing("'", with: "''"))'"
    }
}
