import CFFmpeg

extension MediaPacket {
    /// When the packet's content is heard or shown, in seconds on the source's clock; nil if the source does not say.
    ///
    /// - Parameter timeBase: of the packet's stream.
    public func time(_ timeBase: Rational) -> Double? {
        let packet = buffer.pointer.pointee
        let stamp = packet.pts != saliency_nopts ? packet.pts : packet.dts
        return stamp == saliency_nopts ? nil : timeBase.seconds(stamp)
    }
}
