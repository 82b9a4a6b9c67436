/// Time as people say it: `40 s`, `12 min`, `3 h`, `2 days`.
enum PlainDuration {
    static func text(_ seconds: Double) -> String {
        let seconds = seconds.isFinite ? max(0, seconds) : 0
        if seconds < 90 { return "\(Int(seconds)) s" }
        if seconds < 90 * 60 { return "\(Int(seconds / 60)) min" }
        if seconds < 36 * 3600 { return "\(Int(seconds / 3600)) h" }
        return "\(Int(min(seconds / 86_400, 1e9))) days"
    }
}
