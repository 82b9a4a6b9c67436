import Decode
import Encode
import Engine
import FoundationEssentials

/// `OUT.json`: what was explained, how, and what the network answered. `docs/sidecar.md` documents every field.
public struct Sidecar: Sendable, Codable, Equatable {
    /// Raised when a field changes its meaning or goes away.
    public static let currentSchema = 1

    public struct Source: Sendable, Codable, Equatable {
        public var name: String
        public var container: String
        public var codec: String
        public var width: Int
        public var height: Int
        /// Clockwise degrees by which the stored frame was turned upright.
        public var rotation: Int
        public var frames: Int
        /// Seconds from the first frame to the end of the last.
        public var duration: Double
        /// The first frame's time in the video that was written, in seconds; nil for 0, which it is unless sound begins before.
        public var firstFrameTime: Double?
    }

    /// The method, and how the source was cut into windows: one object in the file.
    public struct Method: Sendable, Equatable {
        public var settings: MethodRecord
        public var sampling: Sampling
    }

    public struct Sampling: Sendable, Codable, Equatable {
        public var window: Int
        public var stride: Int
        /// Frames a second of the samples; nil where every frame is one.
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
        /// Windows behind this one that show exactly the same and were not computed again; `end` is that of the last. Nil for none.
        public var repeats: Int?
        public var target: Explanation.Prediction
        /// The class whose logit was taken off; nil without a contrast.
        public var contrast: Explanation.Prediction?
        public var top: [Explanation.Prediction]
        public var saliency: SaliencyMap.Statistics
        /// The mean of the map as it is drawn, low-passed in time, over each of the window's samples.
        public var frameMeans: [Float]
        /// Of path methods.
        public var completeness: Completeness?
        /// Of windows that were measured.
        public var trust: WindowTrust?
        public var flags: [Flag]
    }

    /// A stretch of the source that no window explained, drawn without heat.
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
    /// - Throws: for what is not a record of this version.
    public init(json: Data) throws {
        self = try ResultFile.read(Sidecar.self, json: json)
    }
}

extension Sidecar.WindowRecord {
    /// What the record says of one explained window.
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
    /// What is explained, as subtitles and burned labels show it: "walking 62 %"; of a contrast "walking 62 % against running
    /// 31 %", and "log-probability of walking 62 %".
    func caption(labels: [String]) -> String {
        let answer = answer(labels: labels).caption
        if let other = contrast(labels: labels) { return "\(answer) against \(other.caption)" }
        return resolved.isLogProbability ? "log-probability of \(answer)" : answer
    }
}

extension Explanation {
    /// What is explained, without probabilities: "walking"; of a contrast "walking against running".
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
