/// What became of a job that is done, beside its video.
public struct JobResult: Sendable, Hashable, Codable {
    /// The network's best class for the longest part of the video.
    public struct Answer: Sendable, Hashable, Codable {
        /// Nil without labels.
        public var label: String?
        /// The class's number, from 0.
        public var index: Int
        /// The mean over the part of the video in which it is the best, 0…1.
        public var probability: Double

        public init(label: String?, index: Int, probability: Double) {
            self.label = label
            self.index = index
            self.probability = probability
        }

        enum CodingKeys: String, CodingKey {
            case label
            case index = "class"
            case probability
        }
    }

    /// Seconds of video.
    public var length: Double?
    /// Seconds that the attempt took, by a clock that nobody sets; nil where the daemon ended before it was noted.
    public var seconds: Double?
    public var answer: Answer?

    /// What is no number is left out.
    public init(length: Double? = nil, seconds: Double? = nil, answer: Answer? = nil) {
        self.length = length.flatMap { $0.isFinite ? $0 : nil }
        self.seconds = seconds.flatMap { $0.isFinite ? $0 : nil }
        self.answer = answer.flatMap { $0.probability.isFinite ? $0 : nil }
    }
}
