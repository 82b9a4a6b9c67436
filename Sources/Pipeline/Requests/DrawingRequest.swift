import Encode
import Media

/// How heat is drawn.
public struct DrawingRequest: Sendable, Equatable {
    public var colormap: Colormap
    /// The opacity of the hottest pixel, 0…1.
    public var opacity: Double
    /// Whether the network's answer is also drawn into the frame.
    public var burnsLabels: Bool
    /// Whether a legend is drawn: colours, method, answer, and its probability over time.
    public var hasLegend: Bool
    /// Whether the edge of the crop is marked if the crop is not the whole frame.
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

    /// The legend's painter; nil if no legend is requested.
    ///
    /// - Parameters:
    ///   - method: the method's name for viewers.
    ///   - duration: the length of the video in seconds; nil if it is unknown.
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
    /// The length in seconds that the container states or that follows from its frames; nil if neither is known.
    var expectedDuration: Double? {
        if let duration, duration > 0 { return duration }
        guard let estimatedFrameCount, averageFrameRate.isPositive else { return nil }
        return Double(estimatedFrameCount) / averageFrameRate.value
    }
}

extension Colormap {
    /// The error in the colormap for heat of `sign`, as the part of a sentence after "colormap"; nil if there is none.
    public func problem(for sign: HeatSign) -> String? {
        guard self.sign != sign else { return nil }
        let names = Colormap.allCases.filter { $0.sign == sign }.map(\.rawValue).joined(separator: ", ")
        return "of \(sign.rawValue) heat is one of \(names), not \(rawValue)"
    }
}
