import Encode
import Engine

extension Explanation {
    /// What is shown of it.
    ///
    /// - Throws: `invalidRequest` for signs that the method does not have.
    func shown(_ sign: HeatSign) throws(ModelError) -> SaliencyMap {
        guard sign == .signed else { return map }
        guard let signedMap else { throw ModelError(.invalidRequest, "\(method) has no signs") }
        return signedMap
    }
}

extension SaliencyMap {
    /// Each frame as it is shown by itself: without the alternation of even and odd frames, normalised over the whole clip.
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
    /// The map as it is drawn and ranked: without the alternation of even and odd frames (`TemporalLowPass`).
    var steady: SaliencyMap {
        SaliencyMap(
            frames: frames, height: height, width: width,
            values: TemporalLowPass.filtered(values, samples: frames))
    }

    /// The mean of the steady map over each frame: the filter of the means is the mean of what is filtered.
    var steadyFrameMeans: [Float] {
        TemporalLowPass.filtered(frameMeans.map { Float($0) }, samples: frames)
    }
}
