/// The JSON object at the head of a safetensors file.
struct SafetensorsHeader {
    struct Entry {
        var elementType: ElementType
        var shape: [Int]
        /// Bytes, counted from the end of the header.
        var range: Range<Int>
    }

    /// Text under the key `__metadata__`.
    var metadata: [String: String] = [:]
    var tensors: [String: Entry] = [:]

    static let metadataKey = "__metadata__"
}

extension SafetensorsHeader: Codable {
    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        for name in container.allKeys {
            if name.stringValue == Self.metadataKey {
                metadata = try container.decode([String: String].self, forKey: name)
            } else {
                tensors[name.stringValue] = try container.decode(Entry.self, forKey: name)
            }
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        if !metadata.isEmpty {
            try container.encode(metadata, forKey: Name(stringValue: Self.metadataKey))
        }
        for (name, entry) in tensors {
            try container.encode(entry, forKey: Name(stringValue: name))
        }
    }
}

extension SafetensorsHeader.Entry: Codable {
    private enum CodingKeys: String, CodingKey {
        case elementType = "dtype"
        case shape
        case offsets = "data_offsets"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        elementType = ElementType(safetensorsName: try container.decode(String.self, forKey: .elementType))
        shape = try container.decode([Int].self, forKey: .shape)
        let offsets = try container.decode([Int].self, forKey: .offsets)
        guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1] else {
            throw DecodingError.dataCorruptedError(
                forKey: .offsets, in: container, debugDescription: "\(offsets) is not a range")
        }
        range = offsets[0]..<offsets[1]
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(elementType.safetensorsName, forKey: .elementType)
        try container.encode(shape, forKey: .shape)
        try container.encode([range.lowerBound, range.upperBound], forKey: .offsets)
    }
}

extension ElementType {
    init(safetensorsName name: String) {
        self =
            switch name {
            case "F16": .float16
            case "BF16": .bfloat16
            case "F32": .float32
            case "F64": .float64
            case "I64", "U64": .other(name, size: 8)
            case "I32", "U32": .other(name, size: 4)
            case "I16", "U16": .other(name, size: 2)
            case "I8", "U8", "BOOL": .other(name, size: 1)
            default: .other(name, size: nil)
            }
    }

    var safetensorsName: String {
        switch self {
        case .float16: "F16"
        case .bfloat16: "BF16"
        case .float32: "F32"
        case .float64: "F64"
        case .other(let name, _): name
        }
    }
}
