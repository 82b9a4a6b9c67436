@testable import Engine

/// Reference implementations of the operations: plain loops in double precision.
enum ReferenceOps {
    /// A sum, and the sum of its terms' magnitudes, which bounds the rounding error in any order.
    struct Sum {
        var value = 0.0
        var magnitude = 0.0

        mutating func add(_ a: Double, _ b: Double) {
            value += a * b
            magnitude += (a * b).magnitude
        }

        /// The maximum error of adding `terms` fp32 products in any order: γ(n + 2) Σ|a b|, γ(n) = n u / (1 - n u),
        /// u = 2⁻²⁴ (Higham, Accuracy and Stability of Numerical Algorithms, 3.1); 2 more for the bias and the rounding
        /// of the result.
        func bound(terms: Int) -> Double {
            let nu = Double(terms + 2) * 0x1p-24
            return nu / (1 - nu) * magnitude + 1e-30
        }
    }

    /// Calls `body` with the flat indices of window position, tap and element, for every tap inside the input.
    static func forEachTap(_ window: SlidingWindow, _ body: (_ stop: Int, _ tap: Int, _ element: Int) -> Void) {
        let (input, output, kernel) = (window.input, window.output, window.kernel)
        // TensorFlow's SAME padding, computed independently.
        func before(_ size: Int, _ kernel: Int, _ stride: Int) -> Int {
            let stops = (size + stride - 1) / stride
            return max((stops - 1) * stride + kernel - size, 0) / 2
        }
        let beforeT = before(input.frames, kernel.frames, window.stride.frames)
        let beforeY = before(input.height, kernel.height, window.stride.height)
        let beforeX = before(input.width, kernel.width, window.stride.width)
        for stop in 0..<output.count {
            let x0 = stop % output.width * window.stride.width - beforeX
            let y0 = stop / output.width % output.height * window.stride.height - beforeY
            let t0 = stop / output.plane * window.stride.frames - beforeT
            for tap in 0..<kernel.count {
                let x = x0 + tap % kernel.width
                let y = y0 + tap / kernel.width % kernel.height
                let t = t0 + tap / (kernel.width * kernel.height)
                guard (0..<input.width).contains(x), (0..<input.height).contains(y), (0..<input.frames).contains(t)
                else { continue }
                body(stop, tap, (t * input.height + y) * input.width + x)
            }
        }
    }

    /// The sums before the ReLU, `[positions][cout]`.
    static func convolution(
        _ window: SlidingWindow, input: [Double], filters: [Float], bias: [Float]
    ) -> [Sum] {
        let (cin, cout) = (window.channels, bias.count)
        var sums = (0..<window.output.count * cout).map { Sum(value: 0, magnitude: 0, bias: bias[$0 % cout]) }
        forEachTap(window) { stop, tap, element in
            for i in 0..<cin {
                let x = input[element * cin + i]
                for o in 0..<cout { sums[stop * cout + o].add(x, Double(filters[(tap * cin + i) * cout + o])) }
            }
        }
        return sums
    }

    /// The transpose: from gradients of the output `[positions][cout]` to those of the input `[elements][cin]`.
    static func convolutionGradient(
        _ window: SlidingWindow, gradient: [Float], filters: [Float], outputChannels cout: Int
    ) -> [Sum] {
        let cin = window.channels
        var sums = [Sum](repeating: Sum(), count: window.input.count * cin)
        forEachTap(window) { stop, tap, element in
            for i in 0..<cin {
                for o in 0..<cout {
                    sums[element * cin + i].add(
                        Double(gradient[stop * cout + o]), Double(filters[(tap * cin + i) * cout + o]))
                }
            }
        }
        return sums
    }

    /// The maxima and the tap of each (the first of equal ones), `[positions][channels]`.
    static func maxPool(_ window: SlidingWindow, input: [Double]) -> [(value: Double, tap: Int, element: Int)] {
        let channels = window.channels
        var best = [(value: Double, tap: Int, element: Int)](
            repeating: (-Double.infinity, -1, -1), count: window.output.count * channels)
        forEachTap(window) { stop, tap, element in
            for c in 0..<channels where input[element * channels + c] > best[stop * channels + c].value {
                best[stop * channels + c] = (input[element * channels + c], tap, element)
            }
        }
        return best
    }
}

extension ReferenceOps.Sum {
    init(value: Double, magnitude: Double, bias: Float) {
        self.value = value + Double(bias)
        self.magnitude = magnitude + Double(bias.magnitude)
    }
}
