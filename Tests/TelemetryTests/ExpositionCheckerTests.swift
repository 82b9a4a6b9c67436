import Testing

/// Tests the checker that other tests use.
@Suite struct ExpositionCheckerTests {
    @Test(arguments: [
        "a 1\n",  // no TYPE
        "# TYPE a gauge\na 1\na 2\n",
        "# TYPE a gauge\na{x=\"1\",x=\"2\"} 1\n",
        "# TYPE a gauge\na{x=\"1\"y\"} 1\n",
        "# TYPE a gauge\na{x-y=\"1\"} 1\n",
        "# TYPE a gauge\na{__x=\"1\"} 1\n",
        "# TYPE a gauge\na one\n",
        "# TYPE a gauge\na inf\n",
        "# TYPE a gauge\na 1",
        "# TYPE a counter\na 1\n",
        "# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\na{x=\"1\"} 1\n",
        "# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n",
        "# TYPE a histogram\na_bucket{le=\"1\"} 1\na_bucket{le=\"+Inf\"} 2\na_sum 1\na_count 3\n",
        "# TYPE a histogram\na_bucket{le=\"1\"} 1\na_sum 1\na_count 1\n",
        "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_count 1\n",
    ])
    func refusesWhatTheFormatForbids(_ text: String) {
        #expect(!ExpositionChecker(text).problems.isEmpty)
    }

    @Test func acceptsTheFormat() {
        let text = """
            # HELP a_total What was \\\\ counted\\nhere.
            # TYPE a_total counter
            a_total{x="1 \\"2\\" \\n\\\\"} 3
            # TYPE b histogram
            b_bucket{le="0.5"} 1
            b_bucket{le="+Inf"} 2
            b_sum 1.5e+3
            b_count 2
            # TYPE c gauge
            c NaN

            """
        let checker = ExpositionChecker(text)
        #expect(checker.problems == [])
        #expect(checker.values[.init(name: "a_total", labels: ["x": "1 \"2\" \n\\"])] == 3)
    }
}
