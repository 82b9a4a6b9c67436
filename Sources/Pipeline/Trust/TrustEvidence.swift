import Encode
import Engine

/// What is measured of the maps of one window.
enum TrustEvidence {
    /// One method's measures.
    struct Measures {
        let name: String
        let map: SaliencyMap
        /// For path methods only.
        let completeness: Completeness?
        var curves: [TrustResult.Curve] = []
        var information: InformationMetric.Value?
        var infidelity: Infidelity.Value?
        /// Its unexplained part as a multiple of the random maps'.
        var parts: BoxPredictions.Ratio?
        /// The change of the map for each noisy clip; empty for a map of zeros.
        var noise: [Double] = []
        var classes: [LogitRandomization.Step] = []
        var cascade: [CascadingRandomization.Step] = []
        var edges = MapSimilarity.Value()

        var maxSensitivity: Double? { MaxSensitivity.largest(noise) }
    }

    /// The means of several uninformed maps: pixels in random order.
    struct Random {
        var curves: [TrustResult.Curve] = []
        /// Of the first order only.
        var information: InformationMetric.Value?
        var infidelity: Infidelity.Value?
    }

    /// Whether the information of clips can be measured.
    static func canMeasureInformation(channels: Int) -> Bool { channels == 3 && ImageSize.isKnown }

    /// - Parameter maps: the maps whose order determines when pixels are restored; for methods, their `steady` maps.
    /// - Returns: nil for optical flow, and if FFmpeg has no WebP.
    static func information(
        _ session: EngineSession, maps: [SaliencyMap], target: Int, seed: UInt64, control: RunControl
    ) throws(ModelError) -> [InformationMetric.Value]? {
        guard canMeasureInformation(channels: session.shape.channels) else { return nil }
        let size: InformationMetric.ImageSize = { image, height, width in
            try? ImageSize.webP(Image(width: width, height: height, channels: 3, bytes: image))
        }
        return try InformationMetric(seed: seed).values(
            session, maps: maps, target: target, size: size, control: control)
    }

    /// The number of forward passes for the information of one map measured alone.
    static let informationPasses = InformationMetric.standardFractions.count + 2
}
