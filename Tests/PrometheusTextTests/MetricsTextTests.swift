import MVPAuth
import Testing

@testable import PrometheusText

@Suite("Prometheus's text format")
struct MetricsTextTests {
    @Test("A family says what it is once, before its samples, and is left out without any")
    func families() {
        var text = MetricsText()
        text.begin("empty_total", .counter, "Nothing.")
        text.begin("calls_total", .counter, "Calls, by method.")
        text.add(3, [("method", "a.b"), ("outcome", "OK")])
        text.add(0, [("method", "c.d"), ("outcome", "OK")])
        text.add("depth", .gauge, "How deep.", 2.5)
        #expect(
            text.text == """
                # HELP calls_total Calls, by method.
                # TYPE calls_total counter
                calls_total{method="a.b",outcome="OK"} 3
                calls_total{method="c.d",outcome="OK"} 0
                # HELP depth How deep.
                # TYPE depth gauge
                depth 2.5

                """)
    }

    @Test("Nothing in a label or a help begins a line, ends a label or is lost")
    func escaping() {
        let hostile = "a\"b\\c\nd\r\ne\u{301}"
        var text = MetricsText()
        text.begin("x", .gauge, "one \\ two\nthree \"four\"")
        text.add(1, [("app", hostile), ("other", "plain")])
        let lines = text.text.utf8.split(separator: UInt8(ascii: "\n")).map { String(Substring($0)) }
        #expect(lines.count == 3)
        #expect(lines[0].utf8.elementsEqual(#"# HELP x one \\ two\nthree "four""#.utf8))
        #expect(lines[2].utf8.elementsEqual("x{app=\"a\\\"b\\\\c\\nd\r\\ne\u{301}\",other=\"plain\"} 1".utf8))
        let read = MetricSamples(text.text).samples("x")
        #expect(read.count == 1 && read[0].value == 1 && read[0].labels["other"] == "plain")
        #expect(read[0].labels["app"].map { $0.utf8.elementsEqual(hostile.utf8) } == true)
    }

    @Test("Buckets count everything up to their bound, the last one everything")
    func histogram() {
        let histogram = Histogram([1_000_000, 5_000_000, 1_000_000_000])
        for value in [0, 1_000_000, 1_000_001, 5_000_000, 7_000_000_000] { histogram.note(value) }
        var text = MetricsText()
        text.begin("time_seconds", .histogram, "Time.")
        text.add(histogram.distribution, per: 1_000_000_000, [("method", "m")])
        #expect(
            text.text == """
                # HELP time_seconds Time.
                # TYPE time_seconds histogram
                time_seconds_bucket{method="m",le="0.001"} 2
                time_seconds_bucket{method="m",le="0.005"} 4
                time_seconds_bucket{method="m",le="1"} 4
                time_seconds_bucket{method="m",le="+Inf"} 5
                time_seconds_sum{method="m"} 7.007000001
                time_seconds_count{method="m"} 5

                """)
    }

    @Test(
        "Numbers are written as Prometheus reads them",
        arguments: [
            (Double.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (0, "0"), (1, "1"), (0.25, "0.25"),
            (1e-7, "1e-07"), (1_700_000_000.5, "1700000000.5"),
        ])
    func numbers(value: Double, text: String) {
        var written = MetricsText()
        written.add("x", .gauge, "X.", value)
        #expect(written.text.hasSuffix("\nx \(text)\n"))
        let read = MetricSamples(written.text).value("x")
        #expect(read == value || value.isNaN && read?.isNaN == true)
    }

    @Test("What was written is read again, by name and by label")
    func reading() {
        var text = MetricsText()
        text.begin("calls_total", .counter, "Calls.")
        text.add(3, [("method", "a"), ("outcome", "OK")])
        text.add(4, [("method", "a"), ("outcome", "BAD")])
        text.add(5, [("method", "b"), ("outcome", "OK")])
        let histogram = Histogram([10, 20])
        for value in [5, 15, 25] { histogram.note(value) }
        text.begin("size", .histogram, "Sizes.")
        text.add(histogram.distribution, [("method", "a")])
        text.add(histogram.distribution, [("method", "b")])
        let samples = MetricSamples(text.text + "no sample\n{} 1\nx{y=\"z} 1\n\n")
        #expect(samples.sum("calls_total") == 12)
        #expect(samples.sums("calls_total", by: "method") == ["a": 7, "b": 5])
        #expect(samples.buckets("size").map(\.count) == [2, 4, 6])
        #expect(samples.buckets("size", where: ["method": "b"]).map(\.bound) == [10, 20, .infinity])
        #expect(samples.value("size_sum") == 45 && samples.value("none") == nil)
        #expect(samples.samples("x").isEmpty)
    }

    @Test("A process knows what it takes")
    func process() throws {
        var text = MetricsText()
        text.addProcess(prefix: "my_")
        let samples = MetricSamples(text.text)
        #expect(try #require(samples.value("my_process_cpu_seconds_total")) > 0)
        #expect(try #require(samples.value("my_process_resident_memory_bytes")) > 1_000_000)
        let open = try #require(samples.value("my_process_open_fds"))
        let most = try #require(samples.value("my_process_max_fds"))
        #expect(open >= 3 && open <= most)
        let start = try #require(samples.value("my_process_start_time_seconds"))
        let age = Double(SystemTime().now().seconds) - start
        #expect(age > -2 && age < 86_400)
    }
}
