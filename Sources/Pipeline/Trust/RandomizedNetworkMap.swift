import Encode
import Engine

/// One frame of a method's map of the network with randomised weights, down to one stage.
struct RandomizedNetworkMap {
    let stage: String
    let heat: HeatPlane

    init(stage: String, map: SaliencyMap, frame: Int) {
        self.stage = stage
        let plane = map.height * map.width
        let display = map.magnitudes.steady.normalized()
        heat = HeatPlane(
            width: map.width, height: map.height,
            values: display[frame * plane..<(frame + 1) * plane].map { UInt8(($0 * 255).rounded()) })
    }
}
