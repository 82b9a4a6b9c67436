import Files
import FoundationEssentials

extension ModelVariables {
    /// Writes a safetensors file with the manifest in its metadata, completely or not at all.
    ///
    /// Variables are in ascending order of their names, so that the same network gives the same bytes.
    public func write(
        safetensors path: String, manifest: ModelManifest, half isHalf: Bool = false,
        replacing isReplacing: Bool = false
    ) throws(ModelError) {
        let ordered = variables.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        let elementType = isHalf ? ElementType.float16 : .float32
        let header = try Self.header(ordered, elementType, manifest, path)
        // Converted and checked before the file is created.
        let halves =
            isHalf ? try ordered.map { name, variable throws(ModelError) in try Self.halves(variable, name) } : []
        do throws(FileError) {
            let file = try AtomicFile(path, replacing: isReplacing)
            try file.write([UInt64(header.count)])
            try file.write(header)
            if isHalf {
                for values in halves { try file.write(values) }
            } else {
                for (_, variable) in ordered { try file.write(variable.values) }
            }
            try file.commit()
        } catch {
            throw ModelError(error)
        }
    }

    private static func header(
        _ ordered: [(key: String, value: Variable)], _ elementType: ElementType, _ manifest: ModelManifest,
        _ path: String
    ) throws(ModelError) -> [UInt8] {
        let encoder = JSONEncoder.sorted()
        do {
            var header = SafetensorsHeader()
            header.metadata = [
                "format": "saliencyd-i3d",
                ModelManifest.MetadataKey.manifest: String(decoding: try encoder.encode(manifest), as: UTF8.self),
            ]
            var offset = 0
            for (name, variable) in ordered {
                let end = offset + variable.values.count * (elementType.size ?? 0)
                header.tensors[name] = .init(elementType: elementType, shape: variable.shape, range: offset..<end)
                offset = end
            }
            var bytes = [UInt8](try encoder.encode(header))
            // Padded with spaces, so that the values begin at a multiple of 8, as the format requires.
            bytes += [UInt8](repeating: UInt8(ascii: " "), count: (8 - bytes.count % 8) % 8)
            return bytes
        } catch {
            throw ModelError(.cannotWrite, "its manifest cannot be written as JSON: \(error)", file: path)
        }
    }

    /// The values as float16, rounded to nearest, ties to even; a value that would become infinite is an error.
    private static func halves(_ variable: Variable, _ name: String) throws(ModelError) -> [UInt16] {
        let halves = variable.values.map(Float16.init)
        guard halves.allSatisfy(\.isFinite) else {
            throw ModelError(.malformed, "holds a value beyond 65,504, the largest of float16", variable: name)
        }
        return halves.map(\.bitPattern)
    }
}
