import Decode
import Encode
import Engine
import Files
import FoundationEssentials
import Media

/// `trust.html`: the report for users, in one self-contained file.
struct TrustPage {
    let result: TrustResult
    let window: Window
    /// In the order of the result's methods.
    let maps: [SaliencyMap]
    let randomized: [[RandomizedNetworkMap]]

    /// The number of times of the clip shown for each map.
    private static let maximumMoments = 6
    private static let colors = (random: "#999", map: "#c0392b", frame: "#2471a3")

    func html() throws(MediaError) -> String {
        let sheets = try maps.map { map throws(MediaError) in try sheet(map) }
        let stages = try randomized.map { maps throws(MediaError) in
            try maps.map { map throws(MediaError) in
                Self.address(try ImageFile.png(HeatImage.colored(map.heat, colormap: .inferno)))
            }
        }
        var page = HTMLWriter()
        page.markup("<!doctype html>\n")
        page.inside("html", ["lang": "en"]) { page in
            head(&page)
            page.inside("body") { page in
                introduction(&page)
                for index in result.methods.indices {
                    method(&page, result.methods[index], sheet: sheets[index], randomized[index], stages[index])
                }
                closing(&page)
            }
        }
        return page.text
    }

    // MARK: - The whole

    private func head(_ page: inout HTMLWriter) {
        page.inside("head") { page in
            page.markup("<meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">")
            page.element("title", [:], "Trust: \(result.input.name)")
            page.markup(TrustStyle.sheet)
        }
    }

    private func introduction(_ page: inout HTMLWriter) {
        page.element("h1", [:], "Can these explanations be trusted?")
        page.inside("p") { page in
            page.element("b", [:], result.input.name)
            page.write(String(printf: ", from %.2f s, ", result.input.times.first ?? 0))
            page.write(Self.size(result.input.clip) + ", network ")
            page.element("b", [:], result.model.name)
            page.write(", which answers:")
        }
        page.inside("ul") { page in
            for answer in result.topk {
                let name = answer.label ?? "class \(answer.index)"
                let mark = answer.index == result.target.index ? "  ← explained here" : ""
                page.element("li", [:], name + String(printf: "  %.1f %%", answer.probability * 100) + mark)
            }
        }
        if !result.topk.contains(where: { $0.index == result.target.index }) {
            page.element(
                "p", [:],
                "Explained: \(result.target.label ?? "class \(result.target.index)")"
                    + String(printf: "  %.2f %%", result.target.probability * 100))
        }
        page.inside("div", ["class": "wide"]) { page in table(&page) }
        page.element(
            "p", ["class": "small"],
            "↓ smaller is better, ↑ larger is better. Deletion: area under the class's probability while the most salient pixels are "
                + "deleted. Insertion: while they are inserted into a blurred clip. "
                + (hasInformation
                    ? "Information: area under the fraction of the probability regained over the clip's information. "
                    : "")
                + "Unexplained: fraction of the answer's loss without random boxes that the map does not predict, with "
                + "its standard error. Noise: change of the map under invisible noise. "
                + "Edges: similarity of the map to the edges in the images (rank correlation, 0 is none).")
        for warning in result.warnings { page.element("p", ["class": "small"], "Warning: \(warning)") }
    }

    private func table(_ page: inout HTMLWriter) {
        page.inside("table") { page in
            page.inside("tr") { page in
                let titles =
                    ["method", "verdict", "deletion ↓", "insertion ↑"] + (hasInformation ? ["information ↑"] : [])
                    + ["unexplained ↓", "noise ↓", "edges"]
                for title in titles { page.element("th", [:], title) }
            }
            for method in result.methods {
                row(&page, method.name, method.curves, verdict: method.verdict.level.rawValue) {
                    information(method.information) + [
                        Self.unexplained(method.infidelity),
                        method.maxSensitivity.map { String(printf: "%.2f", $0) } ?? "–",
                        method.edges.rankCorrelation.map { String(printf: "%.2f", $0) } ?? "–",
                    ]
                }
            }
            let orders = result.settings.randomOrders
            let name = orders == 1 ? "random order" : "random order, mean of \(orders)"
            row(&page, name, result.random, verdict: "") {
                information(result.randomInformation) + [Self.unexplained(result.randomInfidelity), "", ""]
            }
        }
    }

    private var hasInformation: Bool { result.settings.full }

    /// The table's cell, if it has this column.
    private func information(_ value: TrustResult.Information?) -> [String] {
        hasInformation ? [value?.softmaxArea.map { String(printf: "%.3f", $0) } ?? "–"] : []
    }

    private static func unexplained(_ value: Infidelity.Value?) -> String {
        guard let value else { return "–" }
        let error = value.standardError.map { String(printf: " ± %.2f", $0) } ?? ""
        return String(printf: "%.2f", value.unexplained) + error
    }

    private func row(
        _ page: inout HTMLWriter, _ name: String, _ curves: [TrustResult.Curve], verdict: String, rest: () -> [String]
    ) {
        page.inside("tr") { page in
            page.element("td", [:], name)
            page.element("td", ["class": verdict], verdict)
            for direction in PixelCurveMetric.Direction.allCases {
                page.element("td", [:], curves.of(direction, .clip).map { String(printf: "%.3f", $0.area) } ?? "–")
            }
            for value in rest() { page.element("td", [:], value) }
        }
    }

    private func closing(_ page: inout HTMLWriter) {
        page.element(
            "p", ["class": "small"],
            "saliencyd \(result.saliencyd), model \(result.model.sha256), seed \(result.settings.seed). "
                + "The rules behind the verdicts and all formulas: docs/trust.md; all figures: trust.json.")
    }

    // MARK: - One method

    private func method(
        _ page: inout HTMLWriter, _ method: TrustResult.Method, sheet: String, _ maps: [RandomizedNetworkMap],
        _ images: [String]
    ) {
        page.inside("section") { page in
            page.inside("h2") { page in
                page.write(method.name + " ")
                page.element("span", ["class": "level " + method.verdict.level.rawValue], method.verdict.level.rawValue)
            }
            page.element("p", ["class": "summary"], method.verdict.summary)
            page.inside("ul", ["class": "findings"]) { page in
                for finding in method.verdict.findings {
                    page.element("li", ["class": finding.outcome.rawValue], finding.sentence)
                }
            }
            page.void("img", ["src": sheet, "alt": "Frames, their maps, and both together", "class": "sheet"])
            page.element("h3", [:], "The map while the network is randomised")
            page.element(
                "p", ["class": "small"],
                "From image to image one more part of the network is randomised, from its answer (Logits) back to "
                    + (maps.last.map { $0.stage } ?? "the first layers")
                    + ". If the map does not change, it does not show what the network has learned."
            )
            page.inside("div", ["class": "stages"]) { page in
                for (map, image) in zip(maps, images) {
                    page.inside("figure") { page in
                        page.void("img", ["src": image, "alt": map.stage])
                        page.element("figcaption", [:], map.stage)
                    }
                }
            }
            page.inside("div", ["class": "plots"]) { page in
                for plot in plots(method) { plot.write(into: &page) }
            }
        }
    }

    private func plots(_ method: TrustResult.Method) -> [LinePlot] {
        let curves = PixelCurveMetric.Direction.allCases.map { direction in
            func line(
                _ name: String, _ color: String, _ curve: TrustResult.Curve?, isDashed: Bool = false
            ) -> LinePlot.Line {
                LinePlot.Line(
                    name: name, color: color, isDashed: isDashed,
                    points: curve.map { Array(zip($0.fractions, $0.probabilities)).map { (x: $0.0, y: $0.1) } } ?? [])
            }
            return LinePlot(
                title: direction == .deletion
                    ? "Deletion: probability without the most salient" : "Insertion: probability with the most salient",
                horizontal: "pixels " + (direction == .deletion ? "deleted" : "inserted"),
                lines: [
                    line("whole clip", Self.colors.map, method.curves.of(direction, .clip)),
                    line("per frame", Self.colors.frame, method.curves.of(direction, .frame)),
                    line("random", Self.colors.random, result.random.of(direction, .clip), isDashed: true),
                ].filter { !$0.points.isEmpty })
        }
        func line(
            _ name: String, _ color: String, _ value: (MapSimilarity.Value) -> Double?
        ) -> LinePlot.Line {
            let last = Double(max(method.cascade.count - 1, 1))
            return LinePlot.Line(
                name: name, color: color,
                points: method.cascade.enumerated().compactMap { index, step in
                    value(step.similarity).map { (x: Double(index) / last, y: $0) }
                })
        }
        let cascade = LinePlot(
            title: "Similarity while the network is randomised", horizontal: "",
            stages: method.cascade.map { $0.stage.replacing("Conv3d_", with: "") },
            lines: [
                line("structural similarity", Self.colors.map, \.structuralSimilarity),
                line("rank correlation", Self.colors.frame, \.rankCorrelation),
            ])
        return curves + [information(method)].compactMap { $0 } + [cascade]
    }

    private func information(_ method: TrustResult.Method) -> LinePlot? {
        let lines = [
            ("whole clip", Self.colors.map, method.information),
            ("random", Self.colors.random, result.randomInformation),
        ].compactMap { name, color, information in
            information?.readings.softmaxCurve.map { curve in
                LinePlot.Line(
                    name: name, color: color, isDashed: name == "random",
                    points: zip(curve.information, curve.performance).map { (x: $0.0, y: $0.1) })
            }
        }
        guard !lines.isEmpty else { return nil }
        return LinePlot(
            title: "Information: probability regained", horizontal: "information (compressed bytes)",
            lines: lines)
    }

    /// "32 frames of 112×112 pixels".
    private static func size(_ clip: [Int]) -> String {
        clip.count == 4 ? "\(clip[0].counted("frame")) of \(clip[2])×\(clip[1]) pixels" : ""
    }

    /// A contact sheet of the clip and the map, as a data URL.
    private func sheet(_ map: SaliencyMap) throws(MediaError) -> String {
        let display = map.magnitudes.steady.normalized()
        let plane = map.height * map.width
        let shown = min(window.frames.count, Self.maximumMoments)
        var sheet = ContactSheet(columns: shown)
        for moment in 0..<shown {
            let index = moment * window.frames.count / shown
            let heat = HeatPlane(
                width: map.width, height: map.height,
                values: display[index * plane..<(index + 1) * plane].map { UInt8(($0 * 255).rounded()) })
            sheet.add(
                Image(window.frames[index]), heat: heat, caption: String(printf: "%.2f s", window.times[index]))
        }
        guard let image = sheet.rendered() else { return "" }
        return Self.address(try ImageFile.png(image))
    }

    private static func address(_ png: [UInt8]) -> String {
        "data:image/png;base64," + Data(png).base64EncodedString()
    }
}

/// The style of `trust.html`: light, and suitable for narrow screens and for printing.
enum TrustStyle {
    static let sheet: StaticString = """
        <style>
        :root { color-scheme: light; }
        body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.6rem; } h2 { font-size: 1.3rem; margin-top: 0; } h3 { font-size: 1rem; }
        section { border-top: 1px solid #ccc; padding-top: 1.5rem; margin-top: 2rem; }
        table { border-collapse: collapse; } th, td { text-align: left; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid #e5e5e5; }
        td:nth-child(n+3) { font-variant-numeric: tabular-nums; }
        .small { font-size: .85rem; color: #555; } .summary { font-weight: 600; }
        .level { font-size: .8rem; padding: .15rem .6rem; border-radius: 1rem; color: #fff; vertical-align: middle; }
        .level.supported { background: #1e7b4a; } .level.doubtful { background: #9a6700; } .level.contradicted { background: #b3261e; }
        td.supported { color: #1e7b4a; } td.doubtful { color: #9a6700; } td.contradicted { color: #b3261e; }
        .findings { list-style: none; padding: 0; } .findings li { padding-left: 1.6rem; position: relative; margin: .3rem 0; }
        .findings li::before { position: absolute; left: 0; font-weight: 700; }
        .findings .passed::before { content: "✓"; color: #1e7b4a; } .findings .unclear::before { content: "?"; color: #9a6700; }
        .findings .failed::before { content: "✗"; color: #b3261e; }
        .wide { overflow-x: auto; } .wide td, .wide th { white-space: nowrap; }
        .sheet { max-width: 100%; } .stages { display: flex; flex-wrap: wrap; gap: .5rem; }
        figure { margin: 0; width: 7rem; } figure img { width: 100%; display: block; } figcaption { font-size: .7rem; overflow-wrap: anywhere; }
        .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(28rem, 100%), 1fr)); gap: 1rem; margin-top: 1.5rem; }
        svg { width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; fill: #444; } svg .title { font-size: 14px; font-weight: 600; fill: #222; }
        svg .stage { font-size: 10px; }
        @page { margin: 1.2cm; }
        @media print {
          html { font-size: 11px; } body { font-size: 1rem; margin: 0; max-width: none; } section { break-before: page; border: 0; margin: 0; padding: 0; }
          figure { width: 5rem; } .sheet { max-width: 55%; } svg { width: 65%; } figure, svg, .sheet, h2, h3 { break-inside: avoid; } h2, h3 { break-after: avoid; }
          .plots { grid-template-columns: 1fr 1fr; } .level, td { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
        }
        </style>
        """
}

/// One frame of a method's map for the network with weights randomised down to one stage.
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

    /// - Parameter values: the frame's heat, `[H, W]`.
    init(stage: String, width: Int, height: Int, values: [UInt8]) {
        self.stage = stage
        heat = HeatPlane(width: width, height: height, values: values)
    }
}
