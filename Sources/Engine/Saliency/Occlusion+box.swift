extension Occlusion.Box: CustomStringConvertible {
    /// What each length may be where a user says so.
    public static let lengths = 1...4096

    /// From "16,56,56": frames, height and width; nil for anything else and for lengths beyond `lengths`.
    public init?(text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 3, let frames = parts[0], let height = parts[1], let width = parts[2],
            [frames, height, width].allSatisfy(Self.lengths.contains)
        else { return nil }
        self.init(frames: frames, height: height, width: width)
    }

    /// "16,56,56"
    public var description: String { "\(frames),\(height),\(width)" }
}

extension Occlusion.Box: Codable {
    /// `[frames, height, width]`
    public init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        self.init(
            frames: try list.decode(Int.self), height: try list.decode(Int.self), width: try list.decode(Int.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var list = encoder.unkeyedContainer()
        for length in [frames, height, width] { try list.encode(length) }
    }
}
