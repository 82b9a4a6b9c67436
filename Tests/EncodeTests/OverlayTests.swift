import CFFmpeg
import CKernels
import Media
import TestSupport
import Testing

@testable import Encode

/// The overlay's kernels for one of the CPU's instruction sets.
struct OverlayVariant: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var kernels: saliency_overlay_kernels

    static let scalar = OverlayVariant(testDescription: "scalar", kernels: saliency_overlay_scalar_kernels)

    static let all = (0..<UInt32(SALIENCY_ISA_COUNT)).compactMap { number -> OverlayVariant? in
        let isa = saliency_isa(rawValue: number)
        guard let kernels = saliency_overlay_kernels_for(isa) else { return nil }
        return OverlayVariant(testDescription: String(cString: saliency_isa_name(isa)), kernels: kernels.pointee)
    }
}

@Suite struct OverlayTests {

    /// A heat plane of seeded noise.
    func noise(width: Int, height: Int, seed: UInt64) -> HeatPlane {
        var generator = SeededGenerator(seed: seed)
        return HeatPlane(
            width: width, height: height,
            values: (0..<width * height).map { _ in UInt8(truncatingIfNeeded: generator.next()) })
    }

    /// Heat that is 255 in one clip pixel and 0 elsewhere.
    func hot(_ x: Int, _ y: Int, width: Int, height: Int) -> HeatPlane {
        var values = [UInt8](repeating: 0, count: width * height)
        values[y * width + x] = 255
        return HeatPlane(width: width, height: height, values: values)
    }

    /// The three planes of a noise frame before and after drawing.
    func draw(
        _ heat: HeatPlane, mapping: FrameMapping, width: Int, height: Int, opacity: Double = 0.6,
        variant: OverlayVariant = .scalar, color: ColorDescription = ColorDescription(),
        colormap: Colormap = .turbo
    ) throws -> (before: [[UInt8]], after: [[UInt8]], format: CanvasFormat) {
        let format = CanvasFormat(width: width, height: height, color: color)
        let frame = try Fixtures.frame(width: width, height: height, format: format.pixelFormat, noise: 7)
        let maker = CanvasMaker(format: format)
        let canvas = try maker.canvas(of: frame)
        let overlay = Overlay(
            format: format, mapping: mapping, colormap: colormap, opacity: opacity, kernels: variant.kernels)
        try overlay.draw(heat, on: canvas)
        let untouched = try maker.canvas(of: frame)
        return (
            (0..<3).map { Fixtures.samples(untouched, plane: $0) }, (0..<3).map { Fixtures.samples(canvas, plane: $0) },
            format
        )
    }

    @Test(
        "Every instruction set gives the scalar variant's bytes", arguments: OverlayVariant.all,
        [(1, 1), (2, 2), (7, 5), (31, 9), (32, 32), (33, 17), (64, 48), (65, 3), (130, 70), (255, 257)])
    func variantsAgree(_ variant: OverlayVariant, _ size: (Int, Int)) throws {
        let (width, height) = size
        for (heatWidth, heatHeight) in [(1, 1), (2, 3), (24, 24), (97, 41)] {
            let heat = noise(width: heatWidth, height: heatHeight, seed: UInt64(width * heatWidth))
            let mapping = FrameMapping(
                clipWidth: heatWidth, clipHeight: heatHeight, originX: -1.3, originY: 0.7,
                scaleX: Double(width) / Double(heatWidth), scaleY: Double(height) / Double(heatHeight))
            for colormap in [Colormap.turbo, .coolwarm] {
                let scalar = try draw(heat, mapping: mapping, width: width, height: height, colormap: colormap)
                let other = try draw(
                    heat, mapping: mapping, width: width, height: height, variant: variant, colormap: colormap
                )
                #expect(scalar.after == other.after)
            }
        }
    }

    @Test("The kernels agree for every value and every length of the remainder", arguments: OverlayVariant.all)
    func kernelsAgree(_ variant: OverlayVariant) {
        let kernels = variant.kernels
        let scalar = saliency_overlay_scalar_kernels
        var generator = SeededGenerator(seed: 3)
        var table = saliency_blend_table()
        saliency_blend_table_fill(
            &table, (0..<256).map { UInt8($0) }, (0..<256).map { _ in UInt8(truncatingIfNeeded: generator.next()) })
        for count in Array(0...130) + [65_536] {
            let heat = (0..<count).map { index in
                UInt8(truncatingIfNeeded: count == 65_536 ? UInt64(index >> 8) : generator.next())
            }
            let samples = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            var a = samples
            var b = samples
            scalar.blend(&a, heat, &table, count)
            kernels.blend(&b, heat, &table, count)
            #expect(a == b)
            let top = (0..<count).map { _ in UInt16.random(in: 0...32_640, using: &generator) }
            let bottom = (0..<count).map { _ in UInt16.random(in: 0...32_640, using: &generator) }
            for weight in [0, 1, 64, 127, 128] as [Int32] {
                scalar.mix(&a, top, bottom, weight, count)
                kernels.mix(&b, top, bottom, weight, count)
                #expect(a == b)
            }
            let row = heat + [9, 9, 9, 9]
            let index = (0..<count).map { _ in UInt16(generator.next() % UInt64(count)) }
            let weight = (0..<count).map { _ in UInt16.random(in: 0...128, using: &generator) }
            var c = [UInt16](repeating: 0, count: count)
            var d = c
            scalar.expand(&c, row, index, weight, count)
            kernels.expand(&d, row, index, weight, count)
            #expect(c == d)
        }
    }

    @Test("Blending rounds the quotient", arguments: [0, 1, 77, 128, 254, 255])
    func blendIsExact(_ alpha: Int) {
        var table = saliency_blend_table()
        saliency_blend_table_fill(
            &table, [UInt8](repeating: UInt8(alpha), count: 256), (0..<256).map { UInt8($0) })
        for value in 0..<256 {
            var samples = (0..<256).map { UInt8($0) }
            saliency_overlay_scalar_kernels.blend(
                &samples, [UInt8](repeating: UInt8(value), count: 256), &table, 256)
            for (sample, result) in samples.enumerated() {
                let exact = (Double(sample * (255 - alpha) + value * alpha) / 255).rounded()
                #expect(Double(result) == exact)
            }
        }
    }

    @Test("Bytes outside the crop are unchanged", arguments: [(64, 48), (65, 48), (63, 47), (128, 31)])
    func outsideIsUntouched(_ width: Int, _ height: Int) throws {
        // A clip of 16x16 in the middle at 1.5 source pixels each: 24x24 source pixels, edges at fractions.
        let mapping = FrameMapping(
            clipWidth: 16, clipHeight: 16, originX: Double(width) / 2 - 12.25, originY: Double(height) / 2 - 12.25,
            scaleX: 1.5, scaleY: 1.5)
        let heat = HeatPlane(width: 16, height: 16, values: [UInt8](repeating: 255, count: 256))
        let (before, after, format) = try draw(heat, mapping: mapping, width: width, height: height, opacity: 1)
        let red = YCbCrConversion(format.color)(Colormap.turbo.color(255))
        for plane in 0..<3 {
            let step = plane > 0 && format.isSubsampled ? 2 : 1
            let columns = (width + step - 1) / step
            for (offset, (old, new)) in zip(before[plane], after[plane]).enumerated() {
                let (x, y) = (offset % columns, offset / columns)
                func isInside(_ sample: Int, _ origin: Double, _ length: Int) -> Bool {
                    let pixels = sample * step..<min(sample * step + step, length)
                    return pixels.allSatisfy { Double($0) + 0.5 >= origin && Double($0) + 0.5 < origin + 24 }
                }
                if isInside(x, mapping.originX, width) && isInside(y, mapping.originY, height) {
                    #expect(new == [red.y, red.cb, red.cr][plane])
                } else {
                    #expect(new == old)
                }
            }
        }
    }

    @Test(
        "A hot clip pixel colours the source pixels that it covers",
        arguments: [
            // A crop of a 340x256 source, the letterboxed frame of a 1920x1080 one with bars above and below, and the
            // whole of one of odd size.
            (340, 256, FrameMapping(clipWidth: 224, clipHeight: 224, originX: 58, originY: 16, scaleX: 1, scaleY: 1)),
            (
                320, 180,
                FrameMapping(
                    clipWidth: 56, clipHeight: 56, originX: 0, originY: -70, scaleX: 320 / 56.0, scaleY: 320 / 56.0)
            ),
            (
                333, 187,
                FrameMapping(
                    clipWidth: 114, clipHeight: 64, originX: 0, originY: 0, scaleX: 333 / 114.0, scaleY: 187 / 64.0)
            ),
        ])
    func heatIsDrawnAtItsPosition(_ width: Int, _ height: Int, _ mapping: FrameMapping) throws {
        for (x, y) in [(mapping.clipWidth / 2, mapping.clipHeight / 2), (20, 30), (mapping.clipWidth - 7, 27)] {
            let heat = hot(x, y, width: mapping.clipWidth, height: mapping.clipHeight)
            let (before, after, format) = try draw(heat, mapping: mapping, width: width, height: height, opacity: 1)
            for plane in 0..<3 {
                let step = plane > 0 && format.isSubsampled ? 2.0 : 1
                let columns = Int((Double(width) / step).rounded(.up))
                var weight = 0.0
                var sumX = 0.0
                var sumY = 0.0
                for (offset, (old, new)) in zip(before[plane], after[plane]).enumerated() where old != new {
                    // A sample's centre in source pixels; 4:2:0 chroma is on the left column of its block.
                    let sampleX = Double(offset % columns) * step + 0.5
                    let sampleY = Double(offset / columns) * step + step / 2
                    let clipX = (sampleX - mapping.originX) / mapping.scaleX
                    let clipY = (sampleY - mapping.originY) / mapping.scaleY
                    // Bilinear interpolation spreads heat by one clip pixel to each side of the pixel's centre.
                    #expect(abs(clipX - Double(x) - 0.5) <= 1 && abs(clipY - Double(y) - 0.5) <= 1)
                    let share = (1 - abs(clipX - Double(x) - 0.5)) * (1 - abs(clipY - Double(y) - 0.5))
                    weight += share
                    sumX += share * clipX
                    sumY += share * clipY
                }
                // A clip pixel may be between the chroma columns of a frame that is not enlarged.
                if plane > 0 && mapping.scaleX < 2 { continue }
                #expect(weight > 0)
                #expect(abs(sumX / weight - Double(x) - 0.5) < 0.5 && abs(sumY / weight - Double(y) - 0.5) < 0.5)
            }
        }
    }

    @Test func noHeatChangesNothing() throws {
        let heat = HeatPlane(width: 8, height: 8, values: [UInt8](repeating: 0, count: 64))
        let mapping = FrameMapping(
            clipWidth: 8, clipHeight: 8, originX: 0, originY: 0, scaleX: 8, scaleY: 6)
        let (before, after, _) = try draw(heat, mapping: mapping, width: 64, height: 48, opacity: 1)
        #expect(before == after)
    }

    @Test("Zero heat is invisible, also between opposite signs", arguments: [Colormap.coolwarm, .bwr])
    func signedHeat(_ colormap: Colormap) throws {
        let mapping = FrameMapping(clipWidth: 2, clipHeight: 1, originX: 0, originY: 0, scaleX: 32, scaleY: 48)
        let none = HeatPlane(width: 2, height: 1, values: [128, 128])
        let still = try draw(none, mapping: mapping, width: 64, height: 48, opacity: 1, colormap: colormap)
        #expect(still.before == still.after)
        // Negative on the left, positive on the right.
        let both = HeatPlane(width: 2, height: 1, values: [1, 255])
        let (before, after, format) = try draw(
            both, mapping: mapping, width: 64, height: 48, opacity: 1, colormap: colormap)
        let convert = YCbCrConversion(format.color)
        let (cold, hot) = (convert(colormap.color(1)), convert(colormap.color(255)))
        #expect((after[0][0], after[0][63]) == (cold.y, hot.y))
        #expect((after[2][0], after[2][31]) == (cold.cr, hot.cr))
        #expect(cold.cr < 128 && hot.cr > 128)
        // The weights of columns 31 and 32 are 63/128 and 65/128: heat 127 and 129 at most, of 127 steps each way.
        for column in [31, 32] { #expect(abs(Int(after[0][column]) - Int(before[0][column])) <= 4) }
        #expect(colormap.strength(1) == 255 && colormap.strength(255) == 255 && colormap.strength(0) == 255)
        for step in 0..<128 as Range<UInt8> { #expect(colormap.strength(128 + step) == colormap.strength(128 - step)) }
    }

    @Test func sourcePixelsAreNotDrawnOn() throws {
        let format = CanvasFormat(width: 16, height: 16, color: ColorDescription())
        let frame = try Fixtures.frame(width: 16, height: 16, noise: 1)
        let maker = CanvasMaker(format: format)
        let before = try Fixtures.samples(maker.canvas(of: frame), plane: 0)
        let mapping = FrameMapping(
            clipWidth: 1, clipHeight: 1, originX: 0, originY: 0, scaleX: 16, scaleY: 16)
        try Overlay(format: format, mapping: mapping, colormap: .jet, opacity: 1).draw(
            HeatPlane(width: 1, height: 1, values: [255]), on: maker.canvas(of: frame))
        #expect(try Fixtures.samples(maker.canvas(of: frame), plane: 0) == before)
    }
}
