import Decode
import Encode
import Engine

/// What a job makes of its source's windows, one after another; used on the job's explaining thread alone.
protocol WindowExplaining: SendableMetatype {
    /// What is kept of a window for the job's result.
    associatedtype Record: Sendable

    /// - Parameter end: of what the window shows, in seconds since the source's first frame.
    func explain(_ window: Window, end: Double, control: RunControl) throws -> ExplainedWindow<Record>

    /// Another window shows what the one before showed: its record stands for both.
    ///
    /// - Parameter end: of what the new window shows.
    func prolong(_ record: inout Record, end: Double)

    /// After the last window: adds to the records what is known only then. Returns warnings.
    func finish(_ records: inout [Record]) throws -> [String]
}

extension WindowExplaining {
    func prolong(_ record: inout Record, end: Double) {}

    func finish(_ records: inout [Record]) -> [String] { [] }
}

/// What is drawn, shown and kept of one window.
struct ExplainedWindow<Record: Sendable> {
    /// One for each heat that a frame is drawn with; as many for every window.
    var shown: [DisplayMap]
    /// The answer, as subtitles show it.
    var caption: String
    /// What the caption names without its probability, and that.
    var name: String
    var probability: Double
    var record: Record
    /// Whether it shows what the window before it showed, so that its maps are those.
    var repeatsLast = false
    /// Whether the record of the window before is to stand for this one too.
    var prolongsRecord = false
}

/// A map as it is drawn.
struct DisplayMap {
    var map: SaliencyMap
    /// What its values say.
    var sign: HeatSign
}
