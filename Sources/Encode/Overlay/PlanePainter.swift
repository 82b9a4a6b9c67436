import CKernels
import Media

/// The drawing of a label or panel on one plane: `out = (in * (255 - opacity) + value * opacity) / 255` over a
/// rectangle.
struct PlaneLayer {
    let x: Int
    let y: Int
    let width: Int
    let height: Int
    /// Row-major `[height, width]`.
    var opacities: [UInt8]
    var values: [UInt8]

    func draw(on plane: PlanePixels) {
        for row in 0..<max(min(height, plane.height - y), 0) {
            let pixels = plane.row(y + row) + x
            for column in 0..<max(min(width, plane.width - x), 0) {
                let index = row * width + column
                let weight = Int(opacities[index])
                let sum = Int(pixels[column]) * (255 - weight) + Int(values[index]) * weight + 127
                pixels[column] = UInt8(truncatingIfNeeded: sum / 255)
            }
        }
    }
}

/// Enlarges heat to one plane's samples and blends it in, row by row.
final class PlanePainter {
    private let columns: HeatGrid
    private let rows: HeatGrid
    private let heatWidth: Int
    private let heatHeight: Int
    /// The heat, with the four bytes after its end that the kernels may read.
    private var heat: [UInt8]
    /// Two neighbouring heat rows enlarged to the plane's columns, and the indices of these rows.
    private var top: [UInt16]
    private var bottom: [UInt16]
    private var held: (top: Int, bottom: Int)?
    /// One row of heat at the plane's resolution.
    private var line: [UInt8]

    init(format: CanvasFormat, mapping: FrameMapping, heat: HeatPlane, isChroma: Bool) {
        let step = isChroma && format.isSubsampled ? 2 : 1
        // Coordinates are in source pixels from the frame's corner. A luma sample lies at the centre of its pixel; the
        // chroma sample of a 2x2 block lies on its left column or between both, and on a row or between both.
        let siteX = step == 1 || !format.chromaLocation.isBetweenColumns ? 0.5 : 1
        let siteY = step == 1 ? 0.5 : 0.5 + format.chromaLocation.rowOffset
        columns = HeatGrid(
            count: (format.width + step - 1) / step, step: step, site: siteX, length: format.width,
            origin: mapping.originX, extent: mapping.scaleX * Double(mapping.clipWidth), heatCount: heat.width)
        rows = HeatGrid(
            count: (format.height + step - 1) / step, step: step, site: siteY, length: format.height,
            origin: mapping.originY, extent: mapping.scaleY * Double(mapping.clipHeight), heatCount: heat.height)
        heatWidth = heat.width
        heatHeight = heat.height
        self.heat = [UInt8](repeating: 0, count: heat.values.count + 4)
        top = [UInt16](repeating: 0, count: columns.samples.count)
        bottom = top
        line = [UInt8](repeating: 0, count: columns.samples.count)
    }

    /// Loads the heat that `paint` draws, of the size given to the initialiser.
    func load(_ plane: HeatPlane) {
        heat.replaceSubrange(0..<plane.values.count, with: plane.values)
        held = nil
    }

    /// Blends the heat into `plane`, which has the size of the format's plane.
    func paint(_ plane: PlanePixels, _ table: saliency_blend_table, by kernels: saliency_overlay_kernels) {
        guard !columns.samples.isEmpty else { return }
        withUnsafePointer(to: table) { table in
            for (offset, y) in rows.samples.enumerated() {
                hold(Int(rows.index[offset]), by: kernels)
                kernels.mix(&line, top, bottom, Int32(rows.weight[offset]), line.count)
                kernels.blend(plane.row(y) + columns.samples.lowerBound, line, table, line.count)
            }
        }
    }

    /// Makes `top` and `bottom` contain heat row `row` and the one below it.
    private func hold(_ row: Int, by kernels: saliency_overlay_kernels) {
        let below = min(row + 1, heatHeight - 1)
        if let held, held == (row, below) { return }
        if let held, held.bottom == row {
            swap(&top, &bottom)
        } else {
            expand(row, into: &top, by: kernels)
        }
        expand(below, into: &bottom, by: kernels)
        held = (row, below)
    }

    private func expand(_ row: Int, into out: inout [UInt16], by kernels: saliency_overlay_kernels) {
        heat.withUnsafeBufferPointer { heat in
            guard let base = heat.baseAddress else { return }
            kernels.expand(&out, base + row * heatWidth, columns.index, columns.weight, out.count)
        }
    }
}
