extension Settings {
    /// Checks that no drop folder receives files that the daemon itself writes, and that each file belongs to one drop
    /// folder. Folders are compared by what they are, not by their paths. Blocks, because it accesses the folders.
    func checkFolders(_ reader: inout SettingsReader) throws(SettingsError) {
        let places = dropFolders.map { (dropFolder: $0, place: FolderPlace($0.folder)) }
        let statePlace = FolderPlace(state)
        for (index, (dropFolder, place)) in places.enumerated() {
            let key = "folders.\(dropFolder.name).folder"
            if statePlace.isIn(place) {
                try reader.refuse(key, "holds the state folder, \(state), whose files are not videos")
            }
            if let other = places[..<index].first(where: { $0.place == place }) {
                try reader.refuse(key, "is the folder of \(other.dropFolder.name) too")
            }
            if let other = places.first(where: {
                $0.dropFolder.hasSubfolders && $0.place != place && place.isIn($0.place)
            }) {
                try reader.refuse(key, "lies in the folder of \(other.dropFolder.name), which takes subfolders too")
            }
        }
        for dropFolder in dropFolders {
            for (key, folder) in [
                ("output", dropFolder.output), ("failed", dropFolder.failed), ("done", dropFolder.done),
            ] {
                guard let other = Self.taker(of: FolderPlace(folder), places) else { continue }
                try reader.refuse("folders.\(dropFolder.name).\(key)", other)
            }
        }
        for dropFolder in dropFolders {
            // The ends of several drop folders' jobs may be written to one file.
            guard let file = dropFolder.events.file,
                let other = Self.taker(of: FolderPlace(Self.folder(of: file)), places)
            else { continue }
            try reader.refuse("folders.\(dropFolder.name).events.file", other)
        }
        try checkCameras(&reader, places)
    }

    /// Checks that each folder and file of a camera belongs to that camera alone and is not in a drop folder, where
    /// recordings would be annotated.
    private func checkCameras(
        _ reader: inout SettingsReader, _ places: [(dropFolder: DropFolderSettings, place: FolderPlace)]
    ) throws(SettingsError) {
        var taken: [FolderPlace: String] = [:]
        for camera in cameras {
            for (key, path) in camera.folders + camera.files {
                let (key, place) = ("cameras.\(camera.name).\(key)", FolderPlace(path))
                if let other = taken[place] { try reader.refuse(key, "is the same as \(other)") }
                taken[place] = key
            }
            for (key, folder) in camera.folders + camera.files.map({ ($0.key, Self.folder(of: $0.path)) }) {
                guard let other = Self.taker(of: FolderPlace(folder), places) else { continue }
                try reader.refuse("cameras.\(camera.name).\(key)", other)
            }
        }
    }

    /// The reason why files in a folder would be taken, as a clause; nil if they would not.
    private static func taker(
        of place: FolderPlace, _ places: [(dropFolder: DropFolderSettings, place: FolderPlace)]
    ) -> String? {
        for (dropFolder, folder) in places where place == folder || dropFolder.hasSubfolders && place.isIn(folder) {
            return place == folder
                ? "is the folder that \(dropFolder.name) watches"
                : "lies in the folder that \(dropFolder.name) watches with its subfolders"
        }
        return nil
    }

    private static func folder(of path: String) -> String {
        let parent = path.lastIndex(of: "/").map { path[..<$0] } ?? ""
        return parent.isEmpty ? "/" : String(parent)
    }
}
