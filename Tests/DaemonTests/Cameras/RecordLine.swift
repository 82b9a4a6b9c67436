import Foundation
import Testing

/// A line of a camera's record.
struct RecordLine: Decodable {
    var kind: String
    var camera: String
    var connection: Int
    var reason: String?
    /// The time of a discontinuity by the wall clock.
    var time: String?
    /// The times of a window, by the wall clock and since the connection's first frame.
    var start: String?
    var end: String?
    var sourceStart: Double?
    var sourceEnd: Double?
    var label: String?
    var mass: Double?
    var zones: [String: Zone]?

    struct Zone: Decodable {
        var share: Double
        var area: Double
    }

    static func read(_ path: String) throws -> [RecordLine] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try CameraMaterial.lines(path).map { try decoder.decode(RecordLine.self, from: Data($0.utf8)) }
    }

    /// The present number of lines of a kind.
    static func count(_ kind: String, _ path: String) -> Int {
        (try? read(path))?.count { $0.kind == kind } ?? 0
    }

    /// Checks that every window is within its connection, and that times never decrease.
    static func expectOrder(_ lines: [RecordLine], _ location: SourceLocation = #_sourceLocation) throws {
        var current: Int?
        var (lastConnection, lastEnded) = (0, "")
        var last: (start: String, sourceStart: Double)?
        for line in lines {
            switch line.kind {
            case "began":
                #expect(current == nil && line.connection > lastConnection, "\(line)", sourceLocation: location)
                (current, lastConnection) = (line.connection, line.connection)
                last = last.map { ($0.start, -1) }
            case "ended":
                #expect(line.connection == current, "\(line)", sourceLocation: location)
                current = nil
                lastEnded = try #require(line.time)
            case "window":
                #expect(line.connection == current, "\(line)", sourceLocation: location)
                let (start, end) = (try #require(line.start), try #require(line.end))
                let (from, to) = (try #require(line.sourceStart), try #require(line.sourceEnd))
                #expect(from >= 0 && from < to && start <= end, "\(line)", sourceLocation: location)
                // The previous connection had ended.
                #expect(start >= lastEnded, "\(line) after \(lastEnded)", sourceLocation: location)
                if let last {
                    #expect(start >= last.start, "\(line) after \(last)", sourceLocation: location)
                    #expect(from > last.sourceStart, "\(line) after \(last)", sourceLocation: location)
                }
                last = (start, from)
            default: #expect(line.kind == "gap" && line.connection == current, "\(line)", sourceLocation: location)
            }
        }
    }
}
