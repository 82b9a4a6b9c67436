import Decode
import Encode
import Engine

/// The part of a job that explains its source's windows one after another; used only on the job's explaining thread.
protocol WindowExplaining: SendableMetatype {
    /// The record of a window in the job's result.
    associatedtype Record: Sendable

    /// - Parameter end: the end of the window's content, in seconds since the source's first frame.
    func explain(_ window: Window, end: Double, control: RunControl) throws -> ExplainedWindow<Record>

    /// Extends the record of the previous window to another window with the same content.
    ///
    /// - Parameter end: the end of the new window's content.
    func extend(_ record: inout Record, end: Double)

    /// Called after the last window: completes the records and returns warnings.
    func finish(_ records: inout [Record]) throws -> [String]
}

extension WindowExplaining {
    func extend(_ record: inout Record, end: Double) {}

    func finish(_ records: inout [Record]) -> [String] { [] }
}

/// The result of explaining one window.
struct ExplainedWindow<Record: Sendable> {
    /// One map for each heat that is drawn; the same number for every window.
    var shown: [DisplayMap]
    /// The answer as shown in subtitles.
    var caption: String
    /// The class in the caption without its probability, and the probability.
    var name: String
    var probability: Double
    var record: Record
    /// Whether it has the same content and therefore the same maps as the previous window.
    var repeatsLast = false
    /// Whether the previous window's record is extended to this one.
    var extendsRecord = false
}

/// A map for drawing.
struct DisplayMap {
    var map: SaliencyMap
    /// Whether its values are signed.
    var sign: HeatSign
}
