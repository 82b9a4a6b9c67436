import Media

/// What every output of one epoch has to know of its stream; made by the encoder.
public struct LiveStream: Sendable {
    /// Where the pictures and packets come from.
    public let source: SourceProperties
    /// The unit of the pictures' time stamps, in seconds.
    public let timeBase: Rational
    /// The encoder's description of its packets.
    let parameters: CodecParameters

    /// The sound, as streams whose clock begins with the pictures' epoch: packets get their times from `LivePacket`.
    func sound() -> SourceProperties {
        var properties = source
        properties.startTime = 0
        properties.sideStreams = source.sideStreams.filter { $0.kind == .audio && $0.timeBase.isPositive }
        for index in properties.sideStreams.indices { properties.sideStreams[index].videoStartOffset = 0 }
        return properties
    }
}
