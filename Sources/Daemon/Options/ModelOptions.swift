import ArgumentParser
import Engine
import Files
import Pipeline

/// Selects a network.
struct NetworkOption: ParsableArguments {
    @Option(
        name: [.customShort("m"), .customLong("model")],
        help: ArgumentHelp(
            """
            The network: the name of a built-in or installed model, or a checkpoint's directory, TensorFlow prefix or \
            .index, or a .safetensors, .pt, .pth, .npz or pickle file (default: \(ModelCatalogue.publishedStandard) if it is \
            installed, otherwise \(BuiltInModel.motion.rawValue)).
            """,
            valueName: "model"))
    var named: String?

    /// The network's name or path.
    var model: String { named ?? ModelCatalogue().standardModel }

    /// A sentence that names the network if the user did not choose one and it is not the built-in one; nil otherwise.
    var choice: String? {
        let model = model
        guard named == nil, model != BuiltInModel.motion.rawValue else { return nil }
        return
            "The network is \(model), which is installed; --model \(BuiltInModel.motion.rawValue) uses the built-in one."
    }
}

/// Selects the network and its labels.
struct ModelOptions: ParsableArguments {
    @OptionGroup var network: NetworkOption

    @Option(
        help: ArgumentHelp(
            "A file with one label per line, in class order (default: the model's own).", valueName: "file"))
    var labels: String?

    /// The network's name or path.
    var model: String { network.model }

    /// See `NetworkOption.choice`.
    var choice: String? { network.choice }

    /// Opens the model without its values.
    ///
    /// - Returns: the model's manifest, without labels if the file of labels is invalid; nil if there is no such model.
    func check(_ problems: inout RequestProblems) -> ModelManifest? {
        Self.check(model, labels: labels, &problems)
    }

    static func check(_ model: String, labels: String? = nil, _ problems: inout RequestProblems) -> ModelManifest? {
        let catalogue = ModelCatalogue()
        do throws(ModelError) {
            return try catalogue.open(model, labelFile: labels).manifest
        } catch {
            problems.note(error)
        }
        guard let labels else { return nil }
        guard var manifest = try? catalogue.open(model).manifest else {
            // Without the model, the number of lines cannot be checked.
            problems.attempt { try ReadableLabels.check(labels) }
            return nil
        }
        manifest.labels = []
        return manifest
    }

    /// Checks that the model has the classes to explain.
    func checkTargets(_ targets: [String], of manifest: ModelManifest?, _ problems: inout RequestProblems) {
        guard let manifest else { return }
        for target in targets {
            do throws(ModelError) {
                try SaliencyTarget(target).resolve(manifest: manifest)
            } catch {
                // The labels are unknown because of an error that is already reported.
                if error.code == .labels, labels != nil, manifest.labels.isEmpty { continue }
                problems.note(error)
            }
        }
    }
}

/// Checks a label file without its model.
private enum ReadableLabels {
    static func check(_ path: String) throws(ModelError) {
        do throws(FileError) {
            _ = try ReadableFile(path)
        } catch {
            throw ModelError(.cannotOpen, error.reason, file: path)
        }
    }
}

/// The limits of the engine.
struct EngineOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Threads of the engine (default: one per usable core).", valueName: "count"))
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "fast, or low: a window of 64x224x224 then takes 410 MB instead of 660 MB, and 30 % more time.",
            valueName: "use"))
    var memory: MemoryUse = .fast

    func check(_ problems: inout RequestProblems) {
        if let threads { problems.demand((1...1024).contains(threads), "--threads is 1 to 1024, not \(threads)") }
    }
}

extension MemoryUse: ExpressibleByArgument {}
