import ArgumentParser

/// `--fps native` or `--fps 25`.
enum FrameRateOption: ExpressibleByArgument, Equatable {
    case native
    case framesPerSecond(Double)

    init?(argument: String) {
        if argument == "native" {
            self = .native
        } else if let value = Double(argument), value.isFinite, value > 0, value <= 1000 {
            self = .framesPerSecond(value)
        } else {
            return nil
        }
    }
}
