extension SamplingRequest {
    /// A readable summary that is also compared: requests that divide clips in the same way have the same summary.
    var summary: String {
        func number(_ value: Int?) -> String { value.map(String.init) ?? "the model's" }
        let samples =
            switch rate {
            case .model: "the model's"
            case .native: "native"
            case .framesPerSecond(let value): "\(value)"
            }
        return "window \(number(window)), stride \(stride.map(String.init) ?? "half a window"), rate \(samples), "
            + "short side \(number(shortSide)), fit \(fit)" + (stream.map { ", stream \($0)" } ?? "")
            + (background == .black ? "" : ", background \(background)")
    }
}
