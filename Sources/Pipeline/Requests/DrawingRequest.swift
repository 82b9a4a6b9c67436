import Encode
import Media

/// How heat is drawn.
public struct DrawingRequest: Sendable, Equatable {
    public var colormap: Colormap
    /// Of the hottest pixel, 0…1.
    public var opacity: Double
    /// Whether the network's answer is drawn into the frame too.
    public var burnsLabels: Bool
    /// Whether a legend is drawn: colours, method, answer, and its probability over time.
    public var hasLegend: Bool
    /// Whether the edge of what the network saw is marked where that is not the whole frame.
    public var outlinesCrop: Bool

    public init(
        colormap: Colormap = .turbo, opacity: Double = 0.7, burnsLabels: Bool = false, hasLegend: Bool = false,
        outlinesCrop: Bool = true
    ) {
        self.colormap = colormap
        self.opacity = opacity
        self.burnsLabels = burnsLabels
        self.hasLegend = hasLegend
        self.outlinesCrop = outlinesCrop
    }

    /// The legend's painter; nil where none is wanted.
    ///
    /// - Parameters:
    ///   - method: for people.
    ///   - duration: of the video in seconds; nil if it is not known.
    func legend(format: CanvasFormat, method: String, duration: Double?) -> LegendPainter? {
        guard hasLegend else { return nil }
        return LegendPainter(
            format: format, colormap: colormap, opacity: opacity, method: method, duration: duration)
    }
}

extension LegendPainter.Answer {
    init(_ label: LabelSchedule.Label) {
        self.init(text: label.text, name: label.name, probability: label.probability)
    }
}

extension SourceProperties {
    /// Seconds, as the container says or as its frames make; nil if it says neither.
    var expectedDuration: Double? {
        if let duration, duration > 0 { return duration }
        guard let estimatedFrameCount, averageFrameRate.isPositive else { return nil }
        return Double(estimatedFrameCount) / averageFrameRate.value
    }
}

extension Colormap {
    /// What follows "colormap" in a sentence where this one is not for heat of `sign`; nil where it is.
    public func problem(for sign: HeatSign) -> String? {
        guard self.sign != sign else { return nil }
        let names = Colormap.allCases.filter { $0.sign == sign }.map(\.rawValue).joined(separator: ", ")
        return "of \(sign.rawValue) heat is one of \(names), not \(rawValue)"
    }
}
