import Foundation

/// A simple reader of safetensors files for golden values, independent of the engine's own reader, which is under test.
public struct GoldenFile {
    public struct Tensor {
        public let shape: [Int]
        public let values: [Float]
    }

    public let tensors: [String: Tensor]
    public let metadata: [String: String]

    public init(path: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        let headerSize = data.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        let header = try JSONSerialization.jsonObject(with: data.subdata(in: 8..<8 + headerSize))
        var tensors: [String: Tensor] = [:]
        var metadata: [String: String] = [:]
        for (name, value) in header as? [String: Any] ?? [:] {
            if name == "__metadata__" {
                metadata = value as? [String: String] ?? [:]
                continue
            }
            guard let entry = value as? [String: Any], let shape = entry["shape"] as? [Int],
                let offsets = entry["data_offsets"] as? [Int]
            else { continue }
            let bytes = data.subdata(in: 8 + headerSize + offsets[0]..<8 + headerSize + offsets[1])
            let values: [Float] = bytes.withUnsafeBytes { raw in
                switch entry["dtype"] as? String {
                case "I32": raw.bindMemory(to: Int32.self).map(Float.init)
                case "U8": raw.map(Float.init)
                default: Array(raw.bindMemory(to: Float.self))
                }
            }
            tensors[name] = Tensor(shape: shape, values: values)
        }
        self.tensors = tensors
        self.metadata = metadata
    }
}
