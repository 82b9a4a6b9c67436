import Encode
import Engine

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
