import Glibc

/// The Gaussian of `deviation` standard deviations, 1 at its middle.
func gaussian(_ deviation: Double) -> Double {
    exp(-deviation * deviation / 2)
}

/// The Hann window at the middle of step `index` of `count`: positive everywhere, weak at both ends.
func hann(_ index: Int, of count: Int) -> Float {
    let sine = sin(Double.pi * (Double(index) + 0.5) / Double(count))
    return Float(sine * sine)
}
