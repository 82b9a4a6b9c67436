import Encode

extension Colormap {
    /// What follows "colormap" in a sentence where this one is not for heat of `sign`; nil where it is.
    public func problem(for sign: HeatSign) -> String? {
        guard self.sign != sign else { return nil }
        let names = Colormap.allCases.filter { $0.sign == sign }.map(\.rawValue).joined(separator: ", ")
        return "of \(sign.rawValue) heat is one of \(names), not \(rawValue)"
    }
}
