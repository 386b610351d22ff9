/// The samples of a text in Prometheus's format, as this project writes it.
package struct MetricSamples: Sendable {
    package struct Sample: Sendable, Equatable {
        package let name: String
        package let labels: [String: String]
        package let value: Double
    }

    private let byName: [String: [Sample]]

    /// Lines that are none of ours are passed over.
    package init(_ text: String) {
        var byName: [String: [Sample]] = [:]
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) where line.first != UInt8(ascii: "#") {
            guard let sample = Self.sample(Array(line)) else { continue }
            byName[sample.name, default: []].append(sample)
        }
        self.byName = byName
    }

    package func samples(_ name: String) -> [Sample] { byName[name] ?? [] }

    /// The value of a family of one sample.
    package func value(_ name: String) -> Double? { byName[name]?.first?.value }

    /// All samples of a name together.
    package func sum(_ name: String) -> Double { samples(name).reduce(0) { $0 + $1.value } }

    /// What was counted under each value of a label, whatever the others are.
    package func sums(_ name: String, by label: String) -> [String: Double] {
        samples(name).reduce(into: [:]) { $0[$1.labels[label] ?? "", default: 0] += $1.value }
    }

    /// The buckets of a histogram: what lies at or below each bound, by ascending bounds; over every sample whose labels
    /// are among these.
    package func buckets(_ name: String, where labels: [String: String] = [:]) -> [(bound: Double, count: Double)] {
        var counts: [Double: Double] = [:]
        for sample in samples(name + "_bucket") {
            guard let bound = sample.labels["le"].flatMap(Self.number),
                labels.allSatisfy({ sample.labels[$0.key] == $0.value })
            else { continue }
            counts[bound, default: 0] += sample.value
        }
        return counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func sample(_ line: [UInt8]) -> Sample? {
        let nameEnd = line.firstIndex { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: " ") } ?? line.count
        guard nameEnd > 0, nameEnd < line.count else { return nil }
        var labels: [String: String] = [:]
        var position = nameEnd
        if line[position] == UInt8(ascii: "{") {
            position += 1
            while position < line.count, line[position] != UInt8(ascii: "}") {
                guard let pair = Self.label(line, from: position) else { return nil }
                labels[pair.name] = pair.value
                position = pair.end < line.count && line[pair.end] == UInt8(ascii: ",") ? pair.end + 1 : pair.end
            }
            position += 1
        }
        guard position < line.count, line[position] == UInt8(ascii: " "),
            let value = number(String(decoding: line[(position + 1)...], as: UTF8.self))
        else { return nil }
        return Sample(name: String(decoding: line[..<nameEnd], as: UTF8.self), labels: labels, value: value)
    }

    /// Reads `name="value"`, and gives where it ends.
    private static func label(_ line: [UInt8], from start: Int) -> (name: String, value: String, end: Int)? {
        guard let sign = line[start...].firstIndex(of: UInt8(ascii: "=")), sign + 1 < line.count,
            line[sign + 1] == UInt8(ascii: "\"")
        else { return nil }
        var value: [UInt8] = []
        var position = sign + 2
        while position < line.count, line[position] != UInt8(ascii: "\"") {
            if line[position] == UInt8(ascii: "\\"), position + 1 < line.count {
                position += 1
                value.append(line[position] == UInt8(ascii: "n") ? UInt8(ascii: "\n") : line[position])
            } else {
                value.append(line[position])
            }
            position += 1
        }
        guard position < line.count else { return nil }
        let name = String(decoding: line[start..<sign], as: UTF8.self)
        return (name, String(decoding: value, as: UTF8.self), position + 1)
    }

    private static func number(_ text: String) -> Double? {
        switch text {
        case "+Inf": .infinity
        case "-Inf": -.infinity
        case "NaN": .nan
        default: Double(text)
        }
    }
}
