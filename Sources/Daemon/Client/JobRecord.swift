import FoundationEssentials
import JobService
import Jobs

/// A job from the daemon's API, with the fields that the commands need.
struct JobRecord: Decodable, Sendable {
    struct List: Decodable, Sendable {
        var jobs: [JobRecord]
        var next: Int64?
    }

    var id: Int64
    var state: JobState
    var folder: String?
    var source: String
    var output: String
    var priority: Int
    var attempts: Int
    var waitsFor: JobObstacle?
    var progress: Double
    var failure: JobFailure?
    var warnings: [String]
    var createdAt: Date?
    var startedAt: Date?
    var finishedAt: Date?
    var retryAt: Date?
    var held: [JobHold]?
    var length: Double?
    var seconds: Double?
    var answer: JobResult.Prediction?
    var framesPerSecond: Double?
    var remainingSeconds: Double?

    static func decoded<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        decoder.dateDecodingStrategy = .custom { decoder in
            try Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(
                decoder.singleValueContainer().decode(String.self))
        }
        do {
            return try decoder.decode(type, from: data)
        } catch {
            throw CommandFailure(.unavailable, "the daemon's answer cannot be read; is it of another version?")
        }
    }
}
