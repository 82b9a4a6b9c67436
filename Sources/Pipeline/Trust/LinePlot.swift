import FoundationEssentials

/// A line plot over 0…1, as inline SVG.
struct LinePlot {
    struct Line {
        let name: String
        /// A CSS colour.
        let color: String
        var isDashed = false
        /// x 0…1, y 0…1.
        let points: [(x: Double, y: Double)]
    }

    let title: String
    let horizontal: String
    /// The labels of the horizontal axis, evenly spaced; empty for 0 to 100 %.
    var stages: [String] = []
    let lines: [Line]

    private static let width = 420.0
    private static let plot = (left: 44.0, top: 30.0, width: 350.0, height: 180.0)
    /// Names of stages are rotated and need more room than percentages.
    private var height: Double { stages.isEmpty ? 278 : 302 }

    func write(into page: inout HTMLWriter) {
        page.inside(
            "svg",
            [
                "viewBox": "0 0 \(Int(Self.width)) \(Int(height))", "role": "img",
                "aria-label": title,
            ]
        ) { svg in
            svg.element("text", ["x": "\(Int(Self.plot.left))", "y": "18", "class": "title"], title)
            grid(&svg)
            for line in lines {
                svg.element(
                    "polyline",
                    [
                        "points": line.points.map { "\(x($0.x)),\(y($0.y))" }.joined(separator: " "), "fill": "none",
                        "stroke": line.color, "stroke-width": "2", "stroke-dasharray": line.isDashed ? "5 4" : "none",
                    ])
            }
            legend(&svg)
        }
    }

    private func grid(_ svg: inout HTMLWriter) {
        for tick in 0...4 {
            let value = Double(tick) / 4
            svg.element(
                "line", ["x1": x(0), "x2": x(1), "y1": y(value), "y2": y(value), "stroke": "#ddd", "stroke-width": "1"])
            svg.element(
                "text", ["x": "\(Int(Self.plot.left) - 6)", "y": y(value), "dy": "4", "text-anchor": "end"],
                String(printf: "%.2f", value))
            guard stages.isEmpty else { continue }
            svg.element(
                "text", ["x": x(value), "y": y(0), "dy": "16", "text-anchor": "middle"],
                "\(Int(value * 100)) %")
        }
        for (index, stage) in stages.enumerated() {
            let (px, py) = (x(Double(index) / Double(max(stages.count - 1, 1))), y(0))
            svg.element(
                "text",
                [
                    "x": px, "y": py, "dy": "12", "text-anchor": "end", "transform": "rotate(-45 \(px) \(py))",
                    "class": "stage",
                ], stage)
        }
        svg.element(
            "text", ["x": x(0.5), "y": "\(Int(height) - 30)", "text-anchor": "middle"], horizontal)
    }

    private func legend(_ svg: inout HTMLWriter) {
        let step = Self.plot.width / Double(max(lines.count, 1))
        for (index, line) in lines.enumerated() {
            let left = Self.plot.left + Double(index) * step
            let y = Int(height) - 8
            svg.element(
                "line",
                [
                    "x1": "\(Int(left))", "x2": "\(Int(left) + 18)", "y1": "\(y - 4)", "y2": "\(y - 4)",
                    "stroke": line.color, "stroke-width": "2", "stroke-dasharray": line.isDashed ? "5 4" : "none",
                ])
            svg.element("text", ["x": "\(Int(left) + 23)", "y": "\(y)"], line.name)
        }
    }

    private func x(_ value: Double) -> String { String(printf: "%.1f", Self.plot.left + value * Self.plot.width) }
    private func y(_ value: Double) -> String {
        String(printf: "%.1f", Self.plot.top + (1 - min(max(value, 0), 1)) * Self.plot.height)
    }
}
