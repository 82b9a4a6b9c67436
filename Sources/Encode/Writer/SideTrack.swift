import CFFmpeg
import Media

/// A sound or subtitle stream of the output, fed with the source's packets.
protocol SideTrack: AnyObject {
    /// Takes the next packet of the source's stream.
    func write(_ packet: borrowing PacketBuffer, to muxer: Muxer) throws(MediaError)
    /// Writes what is still held back.
    ///
    /// - Parameter end: the end of the pictures, in seconds since the output's beginning.
    func finish(at end: Double, to muxer: Muxer) throws(MediaError)
    /// What was lost on the way, one sentence each.
    var warnings: [String] { get }
}

/// Where a side stream's packets lie on the output's clock.
struct SideClock {
    private let timeBase: Rational
    /// The output's beginning on the packets' clock, in seconds.
    private let origin: Double

    init(_ stream: SideStream, source: SourceProperties) {
        timeBase = stream.timeBase
        origin = source.startTime
    }

    /// Seconds from the output's beginning to a time stamp of the source's stream.
    func seconds(_ ticks: Int64) -> Double { timeBase.seconds(ticks) - origin }
}
