import Engine
import FoundationEssentials

/// A network's answer for a part of a video: consecutive windows with the same best class, merged.
///
/// Windows overlap; each covers the time around its middle, up to halfway to its neighbours' middles, like its caption.
public struct FoundPrediction: Sendable, Equatable {
    /// The label of the class; nil without labels.
    public var label: String?
    public var index: Int
    /// The mean over the merged windows, 0…1.
    public var probability: Double
    /// Seconds since the source's first frame.
    public var start: Double
    public var end: Double

    /// A window's times and best class.
    struct Window {
        var start: Double
        var end: Double
        /// The best class.
        var best: Explanation.Prediction
    }

    /// - Parameter windows: in order of time.
    static func found(_ windows: [Window]) -> [FoundPrediction] {
        let length = windows.map { $0.end - $0.start }.max() ?? 0
        var found: [FoundPrediction] = []
        var counts: [Double] = []
        var from: Double?
        for (index, window) in windows.enumerated() {
            let next = index + 1 < windows.count ? windows[index + 1].start : nil
            let isFollowed = next.map { $0 <= window.end } ?? false
            // Halfway between the middles of this window and the next, as if both were complete.
            let to = isFollowed ? min((window.start + (next ?? 0) + length) / 2, window.end) : window.end
            let start = from ?? window.start
            from = isFollowed ? to : nil
            guard to > start || windows.count == 1 else { continue }
            if let last = found.last, last.index == window.best.index, start <= last.end {
                let count = counts[counts.count - 1]
                found[found.count - 1].end = to
                found[found.count - 1].probability = (last.probability * count + window.best.probability) / (count + 1)
                counts[counts.count - 1] = count + 1
            } else {
                found.append(
                    FoundPrediction(
                        label: window.best.label, index: window.best.index, probability: window.best.probability,
                        start: start, end: to))
                counts.append(1)
            }
        }
        return found
    }

    /// The class that is found for the longest total time, the first one if several are equal: from its first to its
    /// last occurrence, with the mean probability over the time for which it is found.
    public static func longest(_ found: [FoundPrediction]) -> FoundPrediction? {
        let periods = Dictionary(grouping: found, by: \.index)
        let totals = periods.mapValues { $0.reduce(0) { $0 + $1.end - $1.start } }
        func seconds(_ one: FoundPrediction) -> Double { totals[one.index] ?? 0 }
        var best: FoundPrediction?
        for one in found where best.map({ seconds(one) > seconds($0) }) ?? true { best = one }
        guard var best, let all = periods[best.index], let last = all.last else { return nil }
        let total = seconds(best)
        best.end = last.end
        if total > 0 {
            best.probability = all.reduce(0) { $0 + $1.probability * ($1.end - $1.start) } / total
        }
        return best
    }

    /// "playing cricket 99 %, 0:00–0:03; hurling 61 %, 0:03–0:05".
    ///
    /// - Parameter limit: the maximum number of parts listed; the others are counted.
    public static func text(_ found: [FoundPrediction], limit: Int = 12) -> String {
        // Without tenths, parts shorter than a second could have the same text, such as "0:00–0:01".
        let isShort = found.contains { $0.end - $0.start < 1.5 }
        var parts = found.prefix(limit).map { one in
            "\(one.label ?? "class \(one.index)") \(Int((one.probability * 100).rounded())) %, "
                + "\(clock(one.start, tenths: isShort))–\(clock(one.end, tenths: isShort))"
        }
        if found.count > limit { parts.append("\(found.count - limit) more") }
        return parts.joined(separator: "; ")
    }

    /// "0:03", or with tenths of a second "0:03.2"; "1:02:03" from an hour on.
    private static func clock(_ seconds: Double, tenths: Bool) -> String {
        let units = (max(seconds, 0) * (tenths ? 10 : 1)).rounded()
        guard units.isFinite, units < 1e15 else { return "?" }
        let whole = Int(units) / (tenths ? 10 : 1)
        let (hours, minutes) = (whole / 3600, whole / 60 % 60)
        let text =
            hours > 0
            ? String(printf: "%d:%02d:%02d", hours, minutes, whole % 60)
            : String(printf: "%d:%02d", minutes, whole % 60)
        return tenths ? text + ".\(Int(units) % 10)" : text
    }
}

extension Sidecar {
    /// The network's best classes over the video, independent of the explained class.
    public var found: [FoundPrediction] {
        FoundPrediction.found(
            windows.compactMap { window in
                window.top.first.map { FoundPrediction.Window(start: window.start, end: window.end, best: $0) }
            })
    }
}

extension ClassifyResult {
    /// The network's best classes over the video.
    public var found: [FoundPrediction] {
        FoundPrediction.found(
            windows.compactMap { window in
                window.top.first.map { FoundPrediction.Window(start: window.start, end: window.end, best: $0) }
            })
    }
}
