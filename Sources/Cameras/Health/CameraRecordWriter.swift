import Events
import Files
import FoundationEssentials
import Pipeline
import Synchronization
import Telemetry

/// A camera's record: a line of JSON for each window, gap and connection, in a file that others may rotate.
///
/// Lines wait in memory while the disk is slow, up to a bound; beyond, the oldest are left out.
final class CameraRecordWriter: Sendable {
    private static let capacity = 1000

    private let camera: String
    private let file: NDJSONFile
    private let warnings: RepeatedWarnings
    private let lines: AsyncStream<[UInt8]>
    private let entrance: AsyncStream<[UInt8]>.Continuation

    init(camera: String, path: String, warnings: RepeatedWarnings) {
        self.camera = camera
        self.warnings = warnings
        file = NDJSONFile(path: path, isSynced: false)
        (lines, entrance) = AsyncStream.makeStream(of: [UInt8].self, bufferingPolicy: .bufferingNewest(Self.capacity))
    }

    func add(_ window: LiveWindow) {
        add(WindowLine(camera: camera, window))
    }

    func add(_ interruption: StreamDiscontinuity) {
        add(BreakLine(camera: camera, interruption))
    }

    /// Writes until `finish`, and what waits then.
    func run() async {
        for await line in lines {
            do {
                try await file.append(line)
            } catch {
                warnings.warn(
                    "record \(camera)", "\(camera): the record is not written: \(error)",
                    metadata: ["camera": "\(camera)"])
            }
        }
    }

    func finish() {
        entrance.finish()
    }

    private func add(_ line: some Encodable) {
        entrance.yield(Array(JSONLine.text(line).utf8))
    }
}

/// A window as the record has it.
private struct WindowLine: Encodable {
    let kind = "window"
    let camera: String
    let connection: Int
    let index: Int
    let start: String
    let end: String
    let sourceStart: Double
    let sourceEnd: Double
    let `class`: Int
    let label: String?
    let probability: Double
    let mass: Double
    let zones: [String: ZoneResponse]?
    let stride: Int?
    let damaged: Bool

    init(camera: String, _ window: LiveWindow) {
        self.camera = camera
        connection = window.connection
        index = window.index
        start = EventMoment(window.start).iso8601
        end = EventMoment(window.end).iso8601
        sourceStart = window.sourceStart
        sourceEnd = window.sourceEnd
        `class` = window.classIndex
        label = window.label
        probability = window.probability
        mass = window.mass
        zones = window.zones.answers
        stride = window.stride
        damaged = window.isDamaged
    }
}

/// A gap, or a connection's begin or end, as the record has it.
private struct BreakLine: Encodable {
    let kind: String
    let camera: String
    let connection: Int
    let time: String
    let reason: String?

    init(camera: String, _ interruption: StreamDiscontinuity) {
        kind = interruption.kind.rawValue
        self.camera = camera
        connection = interruption.connection
        time = EventMoment(interruption.time).iso8601
        reason = interruption.reason
    }
}
