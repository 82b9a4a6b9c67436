extension Explanation {
    /// The map with its signs; nil where the method has none.
    public var signedMap: SaliencyMap? {
        signed.map { SaliencyMap(frames: map.frames, height: map.height, width: map.width, values: $0) }
    }
}

extension SaliencyMap {
    /// For display, -1…1: values over the percentile of their magnitudes, clipped; over the whole clip. 0 stays 0.
    ///
    /// Where the percentile is 0, whatever is not 0 is 1 or -1.
    public func normalizedWithSigns(percentile percent: Double = 99) -> [Float] {
        let full = magnitudes.percentile(percent)
        return values.map { value in
            guard value != 0 else { return 0 }
            return full > 0 ? Float(min(max(Double(value) / full, -1), 1)) : value.sign == .minus ? -1 : 1
        }
    }
}
