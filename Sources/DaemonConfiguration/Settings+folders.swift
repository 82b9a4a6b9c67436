extension Settings {
    /// No watched folder gets files that the daemon itself writes, and each file belongs to one watch. Folders are the same if they are
    /// one folder, whatever they are called. Blocks: looks at the folders.
    func checkFolders(_ reader: inout SettingsReader) throws(SettingsError) {
        let watched = watches.map { (watch: $0, place: FolderPlace($0.folder)) }
        let statePlace = FolderPlace(state)
        for (index, (watch, place)) in watched.enumerated() {
            let key = "folders.\(watch.name).folder"
            if statePlace.isIn(place) {
                try reader.refuse(key, "holds the state folder, \(state), whose files are no videos")
            }
            if let other = watched[..<index].first(where: { $0.place == place }) {
                try reader.refuse(key, "is the folder of \(other.watch.name) too")
            }
            if let other = watched.first(where: { $0.watch.hasSubfolders && $0.place != place && place.isIn($0.place) })
            {
                try reader.refuse(key, "lies in the folder of \(other.watch.name), which takes subfolders too")
            }
        }
        for watch in watches {
            for (key, folder) in [("output", watch.output), ("failed", watch.failed), ("done", watch.done)] {
                guard let other = Self.taker(of: FolderPlace(folder), watched) else { continue }
                try reader.refuse("folders.\(watch.name).\(key)", other)
            }
        }
        for watch in watches {
            // One file may take the ends of several watches' jobs.
            guard let file = watch.events.file, let other = Self.taker(of: FolderPlace(Self.folder(of: file)), watched)
            else { continue }
            try reader.refuse("folders.\(watch.name).events.file", other)
        }
        try checkCameras(&reader, watched)
    }

    /// Each folder and file of a camera is that camera's alone, and no drop folder: what is recorded there would be annotated.
    private func checkCameras(
        _ reader: inout SettingsReader, _ watched: [(watch: DropFolderSettings, place: FolderPlace)]
    ) throws(SettingsError) {
        var taken: [FolderPlace: String] = [:]
        for camera in cameras {
            for (key, path) in camera.folders + camera.files {
                let (key, place) = ("cameras.\(camera.name).\(key)", FolderPlace(path))
                if let other = taken[place] { try reader.refuse(key, "is the same as \(other)") }
                taken[place] = key
            }
            for (key, folder) in camera.folders + camera.files.map({ ($0.key, Self.folder(of: $0.path)) }) {
                guard let other = Self.taker(of: FolderPlace(folder), watched) else { continue }
                try reader.refuse("cameras.\(camera.name).\(key)", other)
            }
        }
    }

    /// What takes files out of a folder, as a clause; nil if nothing does.
    private static func taker(
        of place: FolderPlace, _ watched: [(watch: DropFolderSettings, place: FolderPlace)]
    ) -> String? {
        for (watch, folder) in watched where place == folder || watch.hasSubfolders && place.isIn(folder) {
            return place == folder
                ? "is the folder that \(watch.name) watches"
                : "lies in the folder that \(watch.name) watches with its subfolders"
        }
        return nil
    }

    private static func folder(of path: String) -> String {
        let parent = path.lastIndex(of: "/").map { path[..<$0] } ?? ""
        return parent.isEmpty ? "/" : String(parent)
    }
}
