import CFFmpeg
import Decode

/// A sound or subtitle stream of the output, fed with the source's packets.
protocol SideTrack: AnyObject {
    /// Takes the next packet of the source's stream.
    func write(_ packet: borrowing PacketBuffer, to muxer: Muxer) throws(MediaError)
    /// Writes what is still held back.
    func finish(to muxer: Muxer) throws(MediaError)
    /// What was lost on the way, one sentence each.
    var warnings: [String] { get }
}

/// Where a side stream's packets lie on the output's clock, on which the first picture lies at 0.
struct SideClock {
    private let stream: SideStream
    /// Seconds to add to a packet's own time; known from the first packet on.
    private var shift: Double?

    init(_ stream: SideStream) {
        self.stream = stream
    }

    /// Seconds from the first picture to a time stamp of the source's stream.
    mutating func seconds(_ ticks: Int64) -> Double {
        let time = stream.timeBase.seconds(ticks)
        let shift = self.shift ?? stream.videoStartOffset - time
        self.shift = shift
        return time + shift
    }
}
