import Decode
import Encode
import Engine
import FoundationEssentials

/// `OUT.json`: the record of an annotated video with the source, the method and the network's answers.
/// `docs/sidecar.md` documents every field.
public struct Sidecar: Sendable, Codable, Equatable {
    /// Incremented when the meaning of a field changes or a field is removed.
    public static let currentSchema = 1

    public struct Source: Sendable, Codable, Equatable {
        public var name: String
        public var container: String
        public var codec: String
        public var width: Int
        public var height: Int
        /// The clockwise rotation in degrees that made the stored frame upright.
        public var rotation: Int
        public var frames: Int
        /// Seconds from the first frame to the end of the last.
        public var duration: Double
        /// The first frame's time in the written video, in seconds; nil for 0, its value unless sound begins earlier.
        public var firstFrameTime: Double?
    }

    /// The method and the division of the source into windows; one object in the file.
    public struct Method: Sendable, Equatable {
        public var settings: MethodRecord
        public var sampling: Sampling
    }

    public struct Sampling: Sendable, Codable, Equatable {
        public var window: Int
        public var stride: Int
        /// The sample rate in hertz; nil if every frame is a sample.
        public var framesPerSecond: Double?
        public var fit: String
        public var clipWidth: Int
        public var clipHeight: Int
    }

    public struct WindowRecord: Sendable, Codable, Equatable {
        public enum Flag: String, Sendable, Codable {
            case padded, corrupt
        }

        public var index: Int
        /// Seconds in the source.
        public var start: Double
        public var end: Double
        public var paddedFrames: Int
        /// The number of following windows with exactly the same content, which were not computed again; `end` is the
        /// last one's. Nil for none.
        public var repeats: Int?
        public var target: Explanation.Prediction
        /// The class whose logit was subtracted; nil without a contrast.
        public var contrast: Explanation.Prediction?
        public var top: [Explanation.Prediction]
        public var saliency: SaliencyMap.Statistics
        /// The mean over each of the window's samples of the map after the temporal low-pass, with which it is drawn.
        public var frameMeans: [Float]
        /// For path methods only.
        public var completeness: Completeness?
        /// For measured windows only.
        public var trust: WindowTrust?
        public var flags: [Flag]
    }

    /// A part of the source that no window explains, drawn without heat.
    public struct Gap: Sendable, Codable, Equatable {
        public var start: Double
        public var end: Double
    }

    public var schema = Sidecar.currentSchema
    public var saliencyd: String
    public var source: Source
    public var model: ModelDescription
    public var method: Method
    public var windows: [WindowRecord]
    public var unexplained: [Gap]
    public var warnings: [String]
    /// Whether the job was asked to stop before the source's end.
    public var interrupted: Bool
}

extension Sidecar.Method: Codable {
    public init(from decoder: any Decoder) throws {
        settings = try MethodRecord(from: decoder)
        sampling = try Sidecar.Sampling(from: decoder)
    }

    public func encode(to encoder: any Encoder) throws {
        try settings.encode(to: encoder)
        try sampling.encode(to: encoder)
    }
}

extension Sidecar {
    /// Reads a record back.
    ///
    /// - Throws: if it is not a record of this version.
    public init(json: Data) throws {
        self = try ResultFile.read(Sidecar.self, json: json)
    }
}

extension Sidecar.WindowRecord {
    /// The record of one explained window.
    init(_ window: Window, _ explanation: Explanation, manifest: ModelManifest) {
        index = window.index
        start = window.times.first ?? 0
        end = window.end
        paddedFrames = window.paddedCount
        target = explanation.answer(labels: manifest.labels)
        contrast = explanation.contrast(labels: manifest.labels)
        top = explanation.topK(5, labels: manifest.labels)
        saliency = explanation.map.statistics
        frameMeans = explanation.map.steadyFrameMeans
        completeness = explanation.completeness
        flags = Self.flags(of: window)
    }

    static func flags(of window: Window) -> [Flag] {
        (window.paddedCount > 0 ? [.padded] : []) + (window.containsCorruption ? [.corrupt] : [])
    }
}

extension Explanation {
    /// The text for subtitles and drawn labels: "walking 62 %", for a contrast "walking 62 % against running 31 %", or
    /// "log-probability of walking 62 %".
    func caption(labels: [String]) -> String {
        let answer = answer(labels: labels).caption
        if let other = contrast(labels: labels) { return "\(answer) against \(other.caption)" }
        return resolved.isLogProbability ? "log-probability of \(answer)" : answer
    }
}

extension Explanation {
    /// The explained class without probability: "walking", or for a contrast "walking against running".
    func name(labels: [String]) -> String {
        func name(_ answer: Explanation.Prediction) -> String { answer.label ?? "class \(answer.index)" }
        return [answer(labels: labels), contrast(labels: labels)].compactMap { $0.map(name) }.joined(
            separator: " against ")
    }
}

extension Explanation.Prediction {
    /// "playing cricket 98 %".
    fileprivate var caption: String {
        "\(label ?? "class \(index)") \(Int((probability * 100).rounded())) %"
    }
}
