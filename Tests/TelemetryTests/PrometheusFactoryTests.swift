import CoreMetrics
import TestSupport
import Testing

@testable import Telemetry

@Suite struct PrometheusFactoryTests {
    private static func check(_ factory: PrometheusFactory) -> ExpositionChecker {
        let checker = ExpositionChecker(factory.text())
        #expect(checker.problems == [])
        return checker
    }

    /// One metric of each class, with all special cases in names, values and help texts.
    private static func sample() -> PrometheusFactory {
        let factory = PrometheusFactory(
            buckets: ["window.seconds": [2, 0.5, 1, 1]],
            help: ["jobs": "Jobs by how they ended.", "window.seconds": "Time of one window,\nwith a \\ in it."])
        Counter(label: "jobs", dimensions: [("result", "failed")], factory: factory).increment(by: 3)
        Counter(label: "jobs", dimensions: [("result", "done")], factory: factory).increment(by: 41)
        Counter(label: "jobs", dimensions: [("result", "done")], factory: factory).increment()
        FloatingPointCounter(label: "video_seconds_total", factory: factory).increment(by: 12.25)
        Meter(label: "queue", dimensions: [("camera", "back \"yard\"\\\ngate")], factory: factory).set(7)
        Gauge(label: "7th-load", factory: factory).record(0.1)
        for seconds in [0.25, 0.5, 0.75, 3] {
            Timer(label: "window.seconds", dimensions: [("le", "x"), ("model", "motion")], factory: factory)
                .recordSeconds(seconds)
        }
        Recorder(label: "frames", factory: factory).record(64)
        return factory
    }

    @Test func agreesWithTheGoldenFile() throws {
        let golden = String(decoding: try GoldenMaterial.bytes("metrics/exposition.txt"), as: UTF8.self)
        #expect(Self.sample().text() == golden)
    }

    @Test func keepsTheFormatsRules() {
        let checker = Self.check(Self.sample())
        #expect(checker.types.count == 6)
        #expect(checker.values[.init(name: "jobs_total", labels: ["result": "done"])] == 42)
        #expect(checker.values[.init(name: "queue", labels: ["camera": "back \"yard\"\\\ngate"])] == 7)
        let sum = ExpositionChecker.Sample(
            name: "window_seconds_sum", labels: ["exported_le": "x", "model": "motion"])
        #expect(checker.values[sum] == 4.5)
    }

    @Test func isEmptyWithoutMetrics() {
        #expect(PrometheusFactory().text() == "")
    }

    @Test func countersOnlyGrow() {
        let factory = PrometheusFactory()
        let counter = FloatingPointCounter(label: "a", factory: factory)
        counter.increment(by: 2.5)
        for amount in [-1, Double.nan, .infinity] { counter.increment(by: amount) }
        #expect(Self.check(factory).values[.init(name: "a_total", labels: [:])] == 2.5)
        counter.reset()
        #expect(Self.check(factory).values[.init(name: "a_total", labels: [:])] == 0)
    }

    @Test func gaugesHoldAnyNumber() {
        let factory = PrometheusFactory()
        let gauge = Meter(label: "a", factory: factory)
        gauge.set(5)
        gauge.increment(by: 2.5)
        gauge.decrement(by: 10.0)
        #expect(factory.text().hasSuffix("\na -2.5\n"))
        for (value, text) in [(Double.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (1e300, "1e+300")] {
            gauge.set(value)
            #expect(factory.text().hasSuffix("\na \(text)\n"))
            #expect(Self.check(factory).values.count == 1)
        }
    }

    @Test func histogramsIgnoreNonFiniteValues() {
        let factory = PrometheusFactory(buckets: ["a": [.infinity, .nan, 1]])
        let recorder = Recorder(label: "a", factory: factory)
        for value in [1, 2, Double.nan, .infinity] { recorder.record(value) }
        let checker = Self.check(factory)
        #expect(checker.values[.init(name: "a_bucket", labels: ["le": "1"])] == 1)
        #expect(checker.values[.init(name: "a_count", labels: [:])] == 2)
        #expect(checker.values[.init(name: "a_sum", labels: [:])] == 3)
    }

    @Test func timersCountSecondsInTheDefaultBuckets() {
        let factory = PrometheusFactory()
        Timer(label: "a", factory: factory).recordMilliseconds(300)
        let checker = Self.check(factory)
        #expect(checker.values[.init(name: "a_sum", labels: [:])] == 0.3)
        #expect(checker.values[.init(name: "a_bucket", labels: ["le": "0.25"])] == 0)
        #expect(checker.values[.init(name: "a_bucket", labels: ["le": "0.5"])] == 1)
        #expect(checker.values.count == PrometheusFactory.defaultBuckets.count + 3)
    }

    @Test func orderOfDimensionsDoesNotMatter() {
        let factory = PrometheusFactory()
        Counter(label: "a", dimensions: [("x", "1"), ("y", "2")], factory: factory).increment()
        Counter(label: "a", dimensions: [("y", "2"), ("x", "1"), ("x", "3")], factory: factory).increment()
        #expect(factory.text() == "# TYPE a_total counter\na_total{x=\"1\",y=\"2\"} 2\n")
    }

    @Test(arguments: ["", "9", "é", "a b", "a\nb", "__le", "a:b", "\u{0}", "\u{2028}"])
    func anyTextMakesAName(_ text: String) {
        let factory = PrometheusFactory(help: [text: text])
        let dimensions = [(text, text), ("other", text)]
        Counter(label: text, dimensions: dimensions, factory: factory).increment()
        Meter(label: text + "g", dimensions: dimensions, factory: factory).set(1)
        Recorder(label: text + "h", dimensions: dimensions, factory: factory).record(1)
        #expect(Self.check(factory).types.count == 3)
    }

    // MARK: Bounds

    @Test func seriesBeyondTheLimitFoldIntoOne() {
        let factory = PrometheusFactory()
        let limit = PrometheusFactory.seriesLimit
        for index in 0..<limit + 500 {
            Counter(label: "a", dimensions: [("file", "\(index)")], factory: factory).increment()
        }
        // A known series continues separately.
        Counter(label: "a", dimensions: [("file", "0")], factory: factory).increment()
        let checker = Self.check(factory)
        #expect(checker.values.count == limit + 1)
        #expect(checker.values[.init(name: "a_total", labels: ["file": "other"])] == 500)
        #expect(checker.values[.init(name: "a_total", labels: ["file": "0"])] == 2)
    }

    @Test func aLabelValueOtherDoesNotDuplicateASeries() {
        let factory = PrometheusFactory()
        for value in ["other"] + (0..<PrometheusFactory.seriesLimit + 9).map(String.init) {
            Counter(label: "a", dimensions: [("file", value)], factory: factory).increment()
        }
        let checker = Self.check(factory)
        #expect(checker.values[.init(name: "a_total", labels: ["file": "other"])] == 11)
        #expect(checker.values.count == PrometheusFactory.seriesLimit)
    }

    @Test func destroyedSeriesMakeRoom() {
        let factory = PrometheusFactory()
        for index in 0..<PrometheusFactory.seriesLimit * 2 {
            let meter = Meter(label: "a", dimensions: [("file", "\(index)")], factory: factory)
            meter.set(index)
            meter.destroy()
        }
        #expect(factory.text() == "")
        Meter(label: "a", dimensions: [("file", "last")], factory: factory).set(1)
        #expect(Self.check(factory).values.keys.map(\.labels) == [["file": "last"]])
    }

    @Test func everyClassCanBeDestroyed() {
        let factory = PrometheusFactory()
        Counter(label: "a", factory: factory).destroy()
        FloatingPointCounter(label: "b", factory: factory).destroy()
        Recorder(label: "c", aggregate: true, factory: factory).destroy()
        Recorder(label: "d", aggregate: false, factory: factory).destroy()
        Timer(label: "e", factory: factory).destroy()
        #expect(factory.text() == "")
    }

    @Test func longValuesAreCut() {
        let factory = PrometheusFactory()
        let value = String(repeating: "x", count: 100_000)
        Counter(label: "a", dimensions: [("file", value)], factory: factory).increment()
        #expect(factory.text().utf8.count < 300)
    }

    @Test func oneNameIsOneKind() {
        let factory = PrometheusFactory()
        Recorder(label: "a", factory: factory).record(1)
        for name in ["a", "a_sum", "a_bucket"] { Meter(label: name, factory: factory).set(2) }
        let checker = Self.check(factory)
        #expect(checker.types == ["a": "histogram"])
        #expect(factory.text().contains("\n# not shown, since the name is taken: a_sum gauge\n"))
    }

    @Test func threadsCountTogether() async {
        let factory = PrometheusFactory()
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for index in 0..<500 {
                        Counter(label: "a", dimensions: [("x", "\(index % 3)")], factory: factory).increment()
                        Timer(label: "b", factory: factory).recordSeconds(task)
                        if index % 100 == 0 { #expect(ExpositionChecker(factory.text()).problems == []) }
                    }
                }
            }
        }
        let checker = Self.check(factory)
        let counted = checker.values.filter { $0.key.name == "a_total" }.map(\.value).reduce(0, +)
        #expect(counted == 4000)
        #expect(checker.values[.init(name: "b_count", labels: [:])] == 4000)
    }
}
