/// Parses the text exposition format 0.0.4 strictly and reports violations.
///
/// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
struct ExpositionChecker {
    struct Sample: Hashable {
        var name: String
        var labels: [String: String]
    }

    private(set) var values: [Sample: Double] = [:]
    private(set) var types: [String: String] = [:]
    private(set) var problems: [String] = []
    private var helped: Set<String> = []
    private var finished: Set<String> = []
    private var current: String?

    init(_ text: String) {
        if !text.isEmpty, !text.hasSuffix("\n") { problems.append("the last line does not end") }
        // Splits scalars, because a carriage return before a line break belongs to the line.
        for line in text.unicodeScalars.split(separator: "\n") { read(String(line)) }
        for (name, type) in types {
            if type == "histogram" { checkHistogram(name) }
            if type == "counter", !name.hasSuffix("_total") { problems.append("counter without _total: \(name)") }
        }
    }

    private mutating func read(_ line: String) {
        if let match = line.wholeMatch(of: /# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)/.dotMatchesNewlines()) {
            let name = String(match.2)
            enter(name)
            if match.1 == "HELP" {
                if !helped.insert(name).inserted { problems.append("second HELP: \(line)") }
                if match.3.firstMatch(of: /\\[^\\n]/) != nil, match.3.firstMatch(of: /\\\\/) == nil {
                    problems.append("escape in HELP: \(line)")
                }
            } else {
                if types.updateValue(String(match.3), forKey: name) != nil { problems.append("second TYPE: \(line)") }
                if !["counter", "gauge", "histogram"].contains(match.3) { problems.append("type: \(line)") }
            }
        } else if line.hasPrefix("#") {
            if line.hasPrefix("# HELP") || line.hasPrefix("# TYPE") { problems.append("comment: \(line)") }
        } else {
            readSample(line)
        }
    }

    private mutating func readSample(_ line: String) {
        guard let match = line.wholeMatch(of: /([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)/.dotMatchesNewlines())
        else {
            return problems.append("not a sample: \(line)")
        }
        let name = String(match.1)
        let labels = readLabels(String(match.2 ?? ""), line)
        let value: Double? =
            switch match.3 {
            case "+Inf": .infinity
            case "-Inf": -.infinity
            case "NaN": .nan
            default: match.3.contains("i") || match.3.contains("n") ? nil : Double(match.3)
            }
        guard let value else { return problems.append("value: \(line)") }
        let types = types
        let family = ["_bucket", "_sum", "_count"].compactMap { suffix -> String? in
            guard name.hasSuffix(suffix) else { return nil }
            let family = String(name.dropLast(suffix.count))
            return types[family] == "histogram" ? family : nil
        }.first
        if types[family ?? name] == nil { problems.append("sample without TYPE before it: \(line)") }
        enter(family ?? name)
        if values.updateValue(value, forKey: Sample(name: name, labels: labels)) != nil {
            problems.append("series appears twice: \(line)")
        }
    }

    /// `name="value"`, separated by commas, with `\\`, `\"` and `\n` escaped.
    private mutating func readLabels(_ text: String, _ line: String) -> [String: String] {
        var labels: [String: String] = [:]
        var rest = text[...]
        while !rest.isEmpty {
            guard let match = rest.prefixMatch(of: /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\[\\"n])*)"(?:,|$)/) else {
                problems.append("labels: \(line)")
                return labels
            }
            let value = match.2.replacing(/\\(.)/) { $0.1 == "n" ? "\n" : String($0.1) }
            if labels.updateValue(String(value), forKey: String(match.1)) != nil {
                problems.append("label twice: \(line)")
            }
            if match.1.hasPrefix("__") { problems.append("reserved label: \(line)") }
            rest = rest[match.range.upperBound...]
        }
        return labels
    }

    /// All lines of one metric must be consecutive.
    private mutating func enter(_ family: String) {
        if family == current { return }
        if let current { finished.insert(current) }
        if finished.contains(family) { problems.append("lines of \(family) are apart") }
        current = family
    }

    private mutating func checkHistogram(_ name: String) {
        let buckets = values.filter { $0.key.name == name + "_bucket" }
        let series = Dictionary(grouping: buckets) { $0.key.labels.filter { $0.key != "le" } }
        for (labels, buckets) in series {
            let sorted = buckets.compactMap { bucket -> (bound: Double, count: Double)? in
                guard let text = bucket.key.labels["le"] else { return nil }
                return (text == "+Inf" ? .infinity : Double(text) ?? .nan, bucket.value)
            }.sorted { $0.bound < $1.bound }
            if sorted.count != buckets.count { problems.append("bucket without le: \(name)") }
            if sorted.contains(where: { $0.bound.isNaN }) { problems.append("bound: \(name)") }
            if zip(sorted, sorted.dropFirst()).contains(where: { $0.count > $1.count }) {
                problems.append("buckets do not add up: \(name)")
            }
            let count = values[Sample(name: name + "_count", labels: labels)]
            if sorted.last?.bound != .infinity || sorted.last?.count != count { problems.append("+Inf: \(name)") }
            if values[Sample(name: name + "_sum", labels: labels)] == nil { problems.append("no sum: \(name)") }
        }
        if values.keys.filter({ $0.name == name + "_count" }).count != series.count {
            problems.append("counts: \(name)")
        }
    }
}
