import CFFmpeg

/// The tags of containers and streams, as FFmpeg reads them.
public enum SourceTags {
    /// Tags that describe how a file is stored; they apply to that file only.
    private static let storage: Set<String> = [
        "major_brand", "minor_version", "compatible_brands", "encoder", "software", "duration", "handler_name",
        "vendor_id", "rotate", "alpha_mode", "bps", "number_of_frames", "number_of_bytes", "source_id",
        "variant_bitrate", "filename", "mimetype", "wmfsdkversion", "wmfsdkneeded", "isvbr",
        "deviceconformancetemplate", "metadatacreator",
    ]

    /// The prefix of QuickTime's names for tags that other containers call `make` or `location`.
    private static let quickTime = "com.apple.quicktime."

    /// All tags of a dictionary, by their lower-case names.
    public static func all(_ dictionary: OpaquePointer?) -> [String: String] {
        var tags: [String: String] = [:]
        var entry: UnsafePointer<AVDictionaryEntry>?
        while let next = av_dict_get(dictionary, "", entry, AV_DICT_IGNORE_SUFFIX) {
            tags[String(cString: next.pointee.key).lowercased()] = String(cString: next.pointee.value)
            entry = UnsafePointer(next)
        }
        return tags
    }

    /// The tags that apply to the video independent of its container.
    package static func kept(_ tags: [String: String]) -> [String: String] {
        var kept: [String: String] = [:]
        for (key, value) in tags where !value.isEmpty {
            let name = plain(key)
            let base = String(name.split(separator: "-").first ?? "")
            // FFmpeg lists a tag with a language twice: as "title" and "title-eng".
            if name != base, tags[base] == value { continue }
            guard !storage.contains(base), !base.hasPrefix("_statistics"), name != "language" || value != "und" else {
                continue
            }
            if name == key || tags[name] == nil { kept[name] = value }
        }
        return kept
    }

    private static func plain(_ key: String) -> String {
        guard key.hasPrefix(quickTime) else { return key }
        let name = String(key.dropFirst(quickTime.count))
        return name == "location.iso6709" ? "location" : name
    }
}

extension StreamLabel {
    package init(_ stream: UnsafePointer<AVStream>) {
        let tags = SourceTags.all(stream.pointee.metadata)
        var kept = SourceTags.kept(tags)
        // The container's own tag applies to all streams.
        kept["creation_time"] = nil
        if let name = tags["handler_name"], !name.hasSuffix("Handler") { kept["handler_name"] = name }
        self.init(tags: kept, disposition: stream.pointee.disposition)
    }
}
