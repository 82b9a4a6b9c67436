import FoundationEssentials

/// A line of text rendered as coverage, 0…255 per pixel, with round-ended strokes.
struct TextMask: Equatable {
    /// The height of capitals in font units, and the upper and lower limits of ascenders and descenders.
    private static let capHeight = 21.0
    private static let top = -16.0
    private static let bottom = 17.0

    let width: Int
    let height: Int
    /// Row-major `[height, width]`.
    let coverage: [UInt8]

    /// - Parameters:
    ///   - capHeight: the height of capitals, in pixels.
    ///   - maximumWidth: in pixels; longer text ends in "...".
    init(_ text: String, capHeight: Double, maximumWidth: Int = .max) {
        let scale = capHeight / Self.capHeight
        var glyphs = Self.printable(text).map(Glyph.init)
        let limit = Double(maximumWidth) / scale
        if glyphs.reduce(0, { $0 + $1.width }) > limit {
            let dots = [Glyph](repeating: Glyph("."), count: 3)
            while !glyphs.isEmpty, (glyphs + dots).reduce(0, { $0 + $1.width }) > limit { glyphs.removeLast() }
            glyphs += dots
        }
        width = max(Int((glyphs.reduce(0) { $0 + $1.width } * scale).rounded(.up)), 1)
        height = Int(((Self.bottom - Self.top) * scale).rounded(.up))
        var canvas = StrokeCanvas(width: width, height: height, radius: max(capHeight / 14, 0.6))
        var left = 0.0
        for glyph in glyphs {
            for (start, end) in glyph.segments {
                canvas.draw(
                    from: ((left + start.x - glyph.left) * scale, (start.y - Self.top) * scale),
                    to: ((left + end.x - glyph.left) * scale, (end.y - Self.top) * scale))
            }
            left += glyph.width
        }
        coverage = canvas.coverage
    }

    /// Converts text to ASCII: removes accents and replaces common typographic characters; others become boxes.
    static func printable(_ text: String) -> [Character] {
        text.unicodeScalars.flatMap { scalar -> [Character] in
            switch scalar {
            case " "..."~": return [Character(scalar)]
            case "\u{300}"..."\u{36f}": return []
            case "\u{2018}", "\u{2019}": return ["'"]
            case "\u{201c}", "\u{201d}": return ["\""]
            case "\u{2010}"..."\u{2015}": return ["-"]
            case "\u{2026}": return [".", ".", "."]
            case "\u{df}": return ["s", "s"]
            case "\u{d8}": return ["O"]
            case "\u{f8}": return ["o"]
            case "\u{c6}": return ["A", "E"]
            case "\u{e6}": return ["a", "e"]
            case "\t", "\n", "\r", "\u{a0}": return [" "]
            case "\u{2260}": return ["="]
            default: return [letter(scalar) ?? "\u{25a1}"]
            }
        }
    }

    /// The accents that Unicode takes off a Latin letter as signs of their own; the stroke of ł is none.
    private static let accents: Set<Substring> = [
        "ACUTE", "BREVE", "BREVE BELOW", "CARON", "CEDILLA", "CIRCUMFLEX", "CIRCUMFLEX BELOW", "COMMA BELOW",
        "DIAERESIS",
        "DIAERESIS BELOW", "DOT ABOVE", "DOT BELOW", "DOUBLE ACUTE", "DOUBLE GRAVE", "GRAVE", "HOOK ABOVE", "HORN",
        "INVERTED BREVE", "LINE BELOW", "MACRON", "OGONEK", "RING ABOVE", "RING BELOW", "TILDE", "TILDE BELOW",
    ]

    /// "LATIN SMALL LETTER E WITH CIRCUMFLEX AND ACUTE" is an e; nil for what is no letter of ASCII with accents.
    private static func letter(_ scalar: Unicode.Scalar) -> Character? {
        guard let name = scalar.properties.name else { return nil }
        for (start, isSmall) in [("LATIN SMALL LETTER ", true), ("LATIN CAPITAL LETTER ", false)]
        where name.hasPrefix(start) {
            let parts = name.dropFirst(start.count).split(separator: " WITH ")
            guard parts.count == 2, let letter = parts[0].first, parts[0].count == 1,
                parts[1].split(separator: " AND ").allSatisfy(accents.contains)
            else { return nil }
            return isSmall ? Character(letter.lowercased()) : letter
        }
        return nil
    }
}

/// One letter of the label font, in the font's units.
private struct Glyph {
    typealias Point = (x: Double, y: Double)

    let left: Double
    let width: Double
    var segments: [(Point, Point)] = []

    init(_ character: Character) {
        let code = character.asciiValue.map { Int($0) - 32 } ?? -1
        guard LabelFont.glyphs.indices.contains(code) else {
            // A box for characters without a glyph.
            left = -8
            width = 16
            let corners: [Point] = [(-6, -12), (6, -12), (6, 9), (-6, 9), (-6, -12)]
            segments = Array(zip(corners, corners.dropFirst()))
            return
        }
        let letters = Array(LabelFont.glyphs[code].utf8).map { Double($0) - Double(UInt8(ascii: "R")) }
        left = letters[0]
        width = letters[1] - letters[0]
        var pen: Point?
        for index in stride(from: 2, to: letters.count - 1, by: 2) {
            let point: Point = (letters[index], letters[index + 1])
            // A space is 50 below "R".
            if point.x < -40 {
                pen = nil
            } else {
                if let pen { segments.append((pen, point)) }
                pen = point
            }
        }
    }
}

/// Renders line segments as coverage.
private struct StrokeCanvas {
    let width: Int
    let height: Int
    /// Half a stroke's thickness in pixels.
    let radius: Double
    var coverage: [UInt8]

    init(width: Int, height: Int, radius: Double) {
        self.width = width
        self.height = height
        self.radius = radius
        coverage = [UInt8](repeating: 0, count: width * height)
    }

    mutating func draw(from start: (x: Double, y: Double), to end: (x: Double, y: Double)) {
        let reach = radius + 1
        let columns = range(min(start.x, end.x) - reach, max(start.x, end.x) + reach, width)
        let rows = range(min(start.y, end.y) - reach, max(start.y, end.y) + reach, height)
        let (dx, dy) = (end.x - start.x, end.y - start.y)
        let lengthSquared = dx * dx + dy * dy
        for y in rows {
            for x in columns {
                let (px, py) = (Double(x) + 0.5 - start.x, Double(y) + 0.5 - start.y)
                let along = lengthSquared > 0 ? min(max((px * dx + py * dy) / lengthSquared, 0), 1) : 0
                let (ex, ey) = (px - along * dx, py - along * dy)
                let covered = min(max(radius + 0.5 - (ex * ex + ey * ey).squareRoot(), 0), 1)
                let value = UInt8((covered * 255).rounded())
                coverage[y * width + x] = max(coverage[y * width + x], value)
            }
        }
    }

    private func range(_ lower: Double, _ upper: Double, _ count: Int) -> Range<Int> {
        let first = min(max(Int(lower), 0), count)
        return first..<max(min(Int(upper) + 1, count), first)
    }
}
