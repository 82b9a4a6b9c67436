import CClock
import Encode
import Foundation

extension RemovalClock {
    /// Seconds by which two looks at one clock may differ.
    private static let sameClock = 1.0

    /// By this machine's clocks.
    static func system() -> RemovalClock {
        let start = ContinuousClock.now
        return RemovalClock {
            var kernel = 0.0
            let isSynchronised = saliency_kernel_clock_is_synchronised(&kernel)
            let wall = Date().timeIntervalSince1970
            return Reading(
                wall: wall, monotonic: (.now - start) / .seconds(1),
                // What the kernel says holds for its own clock; a process can be given another one.
                isSynchronised: isSynchronised && abs(wall - kernel) < RemovalClock.sameClock)
        }
    }
}
