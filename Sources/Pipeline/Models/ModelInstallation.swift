import Engine
import Files
import FoundationEssentials

/// The folder of a model that is being installed, hidden beside its destination until it is complete.
struct ModelInstallation: ~Copyable {
    /// The model's final path.
    let destination: String
    private let folder: WorkFolder
    private let displaced: String

    /// - Throws: `ModelError.Code.cannotWrite` if the folder for models cannot be created or written, or if another
    ///   process is installing a model of this name.
    init(_ name: String, in catalogue: ModelCatalogue) throws(ModelError) {
        let home = try catalogue.home
        folder = try Self.open("\(home)/.\(name).part", in: home)
        destination = "\(home)/\(name)"
        displaced = "\(home)/.\(name).old"
    }

    private static func open(_ path: String, in home: String) throws(ModelError) -> WorkFolder {
        do {
            try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        } catch {
            throw ModelError(.cannotWrite, "the folder for models cannot be created", file: home)
        }
        do throws(FileError) {
            return try WorkFolder(path)
        } catch {
            guard error.code == .exists else { throw ModelError(error) }
            throw ModelError(.cannotWrite, "another saliencyd is installing this model", file: error.path)
        }
    }

    var path: String { folder.path }

    func file(_ name: String) -> String { folder.file(name) }

    /// Removes what earlier runs left behind.
    func empty() throws(ModelError) {
        do {
            for name in try FileManager.default.contentsOfDirectory(atPath: path) {
                try FileManager.default.removeItem(atPath: file(name))
            }
        } catch {
            throw ModelError(.cannotWrite, "what an earlier run has left cannot be removed", file: path)
        }
    }

    /// Renames the folder to the model's name and replaces an existing model of that name.
    consuming func commit() throws(ModelError) {
        try? FileManager.default.removeItem(atPath: displaced)
        do throws(FileError) {
            try folder.commit(as: destination, displacing: displaced)
        } catch {
            throw ModelError(error)
        }
        try? FileManager.default.removeItem(atPath: displaced)
    }
}

extension ModelCatalogue {
    /// The folder for models.
    fileprivate var home: String {
        get throws(ModelError) {
            guard let folder else {
                throw ModelError(
                    .cannotWrite, "no folder for models: none of STATE_DIRECTORY, XDG_DATA_HOME and HOME is set")
            }
            return folder
        }
    }
}
