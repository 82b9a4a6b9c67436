import Encode
import Engine

/// A map as it is drawn.
struct ShownMap {
    var map: SaliencyMap
    /// What its values say.
    var sign: HeatSign
}
