extension Settings {
    /// No file that jobs are told of in lies in a drop folder. Each folder and file of a camera is that camera's alone, and no drop
    /// folder: what is recorded there would be annotated.
    func checkPaths(_ reader: inout SettingsReader) throws(SettingsError) {
        let watched = Dictionary(watches.map { ($0.folder, $0.name) }, uniquingKeysWith: { first, _ in first })
        for watch in watches {
            // One file may take the ends of several watches' jobs.
            guard let file = watch.events.file, let other = watched[Self.folder(of: file)] else { continue }
            try reader.refuse("watch.\(watch.name).events.file", "lies in the folder that \(other) watches")
        }
        var taken: [String: String] = [:]
        for camera in cameras {
            for (key, path) in camera.folders + camera.files {
                let key = "camera.\(camera.name).\(key)"
                if let other = taken[path] { try reader.refuse(key, "is the same as \(other)") }
                taken[path] = key
            }
            let places = camera.folders + camera.files.map { ($0.key, Self.folder(of: $0.path)) }
            for (key, folder) in places {
                if let watch = watched[folder] {
                    try reader.refuse("camera.\(camera.name).\(key)", "lies in the folder that \(watch) watches")
                }
            }
        }
    }

    private static func folder(of path: String) -> String {
        let parent = path.lastIndex(of: "/").map { path[..<$0] } ?? ""
        return parent.isEmpty ? "/" : String(parent)
    }
}
