import Glibc

/// The scene of the sample clip: a ball that rolls to the right, past a stationary square, and back.
struct SampleScene {
    private let width: Int
    private let height: Int
    private let ground: ValueNoise
    private let grain: ValueNoise

    init(width: Int, height: Int, seed: UInt64) {
        self.width = width
        self.height = height
        ground = ValueNoise(seed: seed)
        grain = ValueNoise(seed: seed &+ 1)
    }

    /// The image at a time in seconds.
    func image(at time: Double) -> Image {
        var bytes = [UInt8](repeating: 0, count: width * height * 3)
        let unit = Double(min(width, height))
        drawGround(into: &bytes)
        let ball = rolling(time)
        drawBall(into: &bytes, x: ball.x, y: ball.y, radius: unit * 0.16, turn: ball.turn, hue: (0.95, 0.45, 0.15))
        let square = (x: 0.72 * Double(width), y: 0.42 * Double(height))
        drawSquare(into: &bytes, x: square.x, y: square.y, radius: unit * 0.13, turn: 0.5)
        return Image(width: width, height: height, channels: 3, bytes: bytes)
    }

    /// The position and rotation of the ball, which rolls without slipping for two seconds to the right and two back.
    private func rolling(_ time: Double) -> (x: Double, y: Double, turn: Double) {
        let unit = Double(min(width, height))
        let phase = time.truncatingRemainder(dividingBy: 4) / 2
        let way = (phase < 1 ? phase : 2 - phase) * (Double(width) - unit * 0.4)
        return (unit * 0.2 + way, Double(height) - unit * 0.3, way / (unit * 0.16))
    }

    private func drawGround(into bytes: inout [UInt8]) {
        for y in 0..<height {
            let fall = Double(y) / Double(height)
            for x in 0..<width {
                let (u, v) = (Double(x) / 23, Double(y) / 23)
                let texture = 0.65 * ground.value(u, v) + 0.35 * ground.value(u * 3.1 + 40, v * 3.1)
                let shade = 0.75 + 0.5 * (texture - 0.5)
                set(
                    &bytes, x, y, (0.24 + 0.10 * fall) * shade, (0.36 + 0.06 * fall) * shade,
                    (0.46 - 0.12 * fall) * shade)
            }
        }
    }

    private func drawBall(
        into bytes: inout [UInt8], x: Double, y: Double, radius: Double, turn: Double,
        hue: (red: Double, green: Double, blue: Double)
    ) {
        forPixels(around: x, y, radius) { column, row, dx, dy in
            let distance = (dx * dx + dy * dy).squareRoot()
            let cover = min(max(radius + 0.5 - distance, 0), 1)
            guard cover > 0 else { return }
            // Stripes and grain rotate with the ball, which is lit from the upper left.
            let (u, v) = (dx * cos(turn) + dy * sin(turn), dy * cos(turn) - dx * sin(turn))
            let stripe = sin(u / radius * 7) > 0 ? 1.0 : 0.72
            let texture = 0.85 + 0.3 * (grain.value(u / 4 + 60, v / 4 + 60) - 0.5)
            let depth = (1 - min(distance / radius, 1) * min(distance / radius, 1)).squareRoot()
            let light = min(max(0.55 + 0.45 * depth - 0.25 * (dx + dy) / radius, 0.15), 1.15)
            let shade = stripe * texture * light
            blend(&bytes, column, row, cover, hue.red * shade, hue.green * shade, hue.blue * shade)
        }
    }

    private func drawSquare(into bytes: inout [UInt8], x: Double, y: Double, radius: Double, turn: Double) {
        forPixels(around: x, y, radius * 1.5) { column, row, dx, dy in
            let (u, v) = (dx * cos(turn) + dy * sin(turn), dy * cos(turn) - dx * sin(turn))
            let cover = min(max(radius + 0.5 - max(abs(u), abs(v)), 0), 1)
            guard cover > 0 else { return }
            let cell =
                Int(((u + 2 * radius) / radius * 2).rounded(.down))
                + Int(((v + 2 * radius) / radius * 2).rounded(.down))
            let texture = 0.9 + 0.3 * (grain.value(u / 3 + 90, v / 3 + 90) - 0.5)
            let shade = (cell % 2 == 0 ? 0.95 : 0.45) * texture
            blend(&bytes, column, row, cover, 0.30 * shade, 0.85 * shade, 0.80 * shade)
        }
    }

    private func forPixels(
        around x: Double, _ y: Double, _ reach: Double,
        _ body: (_ column: Int, _ row: Int, _ dx: Double, _ dy: Double) -> Void
    ) {
        let rows = max(Int(y - reach) - 1, 0)..<max(min(Int(y + reach) + 2, height), max(Int(y - reach) - 1, 0))
        let columns = max(Int(x - reach) - 1, 0)..<max(min(Int(x + reach) + 2, width), max(Int(x - reach) - 1, 0))
        for row in rows {
            for column in columns { body(column, row, Double(column) + 0.5 - x, Double(row) + 0.5 - y) }
        }
    }

    private func set(_ bytes: inout [UInt8], _ x: Int, _ y: Int, _ red: Double, _ green: Double, _ blue: Double) {
        blend(&bytes, x, y, 1, red, green, blue)
    }

    private func blend(
        _ bytes: inout [UInt8], _ x: Int, _ y: Int, _ cover: Double, _ red: Double, _ green: Double, _ blue: Double
    ) {
        let place = (y * width + x) * 3
        bytes[place] = mix(bytes[place], red, cover)
        bytes[place + 1] = mix(bytes[place + 1], green, cover)
        bytes[place + 2] = mix(bytes[place + 2], blue, cover)
    }

    private func mix(_ old: UInt8, _ new: Double, _ cover: Double) -> UInt8 {
        UInt8((Double(old) * (1 - cover) + min(max(new, 0), 1) * 255 * cover).rounded())
    }
}

/// Smooth, seeded noise of 0…1 over the plane with a period of 256 units: random values on a grid, interpolated.
struct ValueNoise {
    private let values: [Double]

    init(seed: UInt64) {
        var state = seed
        values = (0..<65_536).map { _ in
            // SplitMix64.
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return Double((mixed ^ (mixed >> 31)) >> 11) * 0x1p-53
        }
    }

    func value(_ x: Double, _ y: Double) -> Double {
        let (left, top) = (x.rounded(.down), y.rounded(.down))
        let (u, v) = (fade(x - left), fade(y - top))
        let (column, row) = (Int(left), Int(top))
        let upper = at(column, row) * (1 - u) + at(column + 1, row) * u
        let lower = at(column, row + 1) * (1 - u) + at(column + 1, row + 1) * u
        return upper * (1 - v) + lower * v
    }

    private func at(_ column: Int, _ row: Int) -> Double { values[(row & 255) << 8 | column & 255] }

    private func fade(_ t: Double) -> Double { t * t * (3 - 2 * t) }
}
