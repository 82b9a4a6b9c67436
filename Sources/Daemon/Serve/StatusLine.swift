import Files
import Jobs

/// What the daemon does at the moment, in one line: "annotating clip.mp4 62 %, 3/4 cameras up, lag 0.8 s,
/// 2 queued, 1 failed".
enum StatusLine {
    static func text(
        running: [(name: String, fraction: Double?)], counts: [JobState: Int], obstructed: Int = 0,
        cameras: CameraOverview = CameraOverview([]), holds: JobHolds = JobHolds()
    ) -> String {
        var parts: [String] = []
        if let first = running.first {
            let percent = first.fraction.map { " \(Int($0 * 100)) %" } ?? ""
            let others = running.count > 1 ? " and \(running.count - 1) more" : ""
            parts.append("annotating \(first.name)\(percent)\(others)")
        }
        if let cameras = cameras.text { parts.append(cameras) }
        if holds.pauses.all != nil {
            parts.append("paused")
        } else if !holds.pauses.watches.isEmpty {
            parts.append("\(holds.pauses.watches.keys.sorted().joined(separator: " and ")) paused")
        }
        let others = Set((holds.others + holds.othersOfWatches.values.joined()).map(\.reason))
        if others.contains(.quietHours) { parts.append("quiet hours") }
        if others.contains(.freeSpace) { parts.append("too little free space") }
        if parts.isEmpty { parts.append("waiting") }
        for state in [JobState.queued, .failed, .quarantined] {
            if let count = counts[state], count > 0 { parts.append("\(count) \(state.rawValue)") }
            if state == .queued, obstructed > 0 { parts.append("\(obstructed) of them waiting for an output folder") }
        }
        return parts.joined(separator: ", ")
    }
}
