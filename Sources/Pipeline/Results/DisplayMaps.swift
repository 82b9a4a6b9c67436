import Encode
import Engine

extension Explanation {
    /// The map to display.
    ///
    /// - Throws: `invalidRequest` if a signed map is requested of a method without signs.
    func shown(_ sign: HeatSign) throws(ModelError) -> SaliencyMap {
        guard sign == .signed else { return map }
        guard let signedMap else { throw ModelError(.invalidRequest, "\(method) has no signs") }
        return signedMap
    }
}

extension SaliencyMap {
    /// The heat of each frame for separate images: after the temporal low-pass, normalised over the whole clip.
    func heat(_ sign: HeatSign) -> [HeatPlane] {
        let display = sign == .absolute ? steady.normalized() : steady.normalizedWithSigns()
        let plane = height * width
        return (0..<frames).map { frame in
            HeatPlane(
                width: width, height: height,
                values: display[frame * plane..<(frame + 1) * plane].map { value in
                    switch sign {
                    case .absolute: UInt8((value * 255).rounded())
                    case .signed: UInt8(128 + (value * 127).rounded())
                    }
                })
        }
    }
}

extension SaliencyMap {
    /// The map for drawing and ranking, without the alternation of even and odd frames (`TemporalLowPass`).
    var steady: SaliencyMap {
        SaliencyMap(
            frames: frames, height: height, width: width,
            values: TemporalLowPass.filtered(values, samples: frames))
    }

    /// The mean of the steady map over each frame, computed by filtering the means, since the filter is linear.
    var steadyFrameMeans: [Float] {
        TemporalLowPass.filtered(frameMeans.map { Float($0) }, samples: frames)
    }
}
