import CoreMetrics

/// Which watches' jobs are held up, and why, as metrics.
struct HoldMetrics {
    private let factory: any MetricsFactory
    private var meters: [String: [JobHold.Reason: Meter]] = [:]

    init(factory: any MetricsFactory = MetricsSystem.factory) {
        self.factory = factory
    }

    /// A watch that is no longer there is shown no more.
    mutating func update(_ watches: [String], _ holds: JobHolds) {
        for (name, old) in meters where !watches.contains(name) {
            for meter in old.values { meter.destroy() }
            meters[name] = nil
        }
        for watch in watches {
            let reasons = Set(holds.of(watch).map(\.reason))
            for reason in JobHold.Reason.allCases {
                let factory = factory
                let meter = meters[watch, default: [:]][
                    reason,
                    default: Meter(
                        label: "saliencyd_folder_held",
                        dimensions: [("folder", watch), ("reason", reason.rawValue)], factory: factory)]
                meters[watch, default: [:]][reason] = meter
                meter.set(reasons.contains(reason) ? 1 : 0)
            }
        }
    }
}
