extension SaliencyMap {
    /// Temporal saliency: the mean of the map over each frame, one value a frame, of whatever method made the map.
    public var frameMeans: [Double] {
        let plane = height * width
        return (0..<frames).map { frame in
            values[frame * plane..<(frame + 1) * plane].reduce(0.0) { $0 + Double($1) } / Double(max(plane, 1))
        }
    }
}
