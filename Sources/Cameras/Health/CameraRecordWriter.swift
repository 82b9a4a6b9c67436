import Events
import Files
import FoundationEssentials
import Pipeline
import Synchronization
import Telemetry

/// Writes a camera's record: one line of JSON for each window, gap and connection, in a file that others may rotate.
///
/// Lines are buffered while the disk is slow, up to a limit; beyond it the oldest are dropped.
final class CameraRecordWriter: Sendable {
    private static let capacity = 1000

    private let camera: String
    private let file: NDJSONFile
    private let warnings: RepeatedWarnings
    private let lines: AsyncStream<[UInt8]>
    private let continuation: AsyncStream<[UInt8]>.Continuation

    init(camera: String, path: String, warnings: RepeatedWarnings) {
        self.camera = camera
        self.warnings = warnings
        file = NDJSONFile(path: path, isSynced: false)
        (lines, continuation) = AsyncStream.makeStream(
            of: [UInt8].self, bufferingPolicy: .bufferingNewest(Self.capacity))
    }

    func add(_ window: LiveWindow) {
        add(WindowLine(camera: camera, window))
    }

    func add(_ interruption: StreamDiscontinuity) {
        add(DiscontinuityLine(camera: camera, interruption))
    }

    /// Writes until `finish`, and then the lines that still wait.
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
        continuation.finish()
    }

    private func add(_ line: some Encodable) {
        continuation.yield(Array(JSONLine.text(line).utf8))
    }
}

/// A window in the record.
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
        start = EventTimestamp(window.start).iso8601
        end = EventTimestamp(window.end).iso8601
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

/// A gap, or the start or end of a connection, in the record.
private struct DiscontinuityLine: Encodable {
    let kind: String
    let camera: String
    let connection: Int
    let time: String
    let reason: String?

    init(camera: String, _ interruption: StreamDiscontinuity) {
        kind = interruption.kind.rawValue
        self.camera = camera
        connection = interruption.connection
        time = EventTimestamp(interruption.time).iso8601
        reason = interruption.reason
    }
}
