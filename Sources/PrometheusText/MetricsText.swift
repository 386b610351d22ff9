package import MVPAuth

/// Numbers in Prometheus's text format, version 0.0.4: families, each with what it is about, its kind and its samples.
///
/// A family without samples is left out.
package struct MetricsText: Sendable {
    package enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// In the order in which they are written.
    package typealias Labels = [(name: String, value: String)]

    /// What HTTP calls it.
    package static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    package private(set) var text = ""
    private var heading: String?

    package init() {}

    /// Begins a family: the samples that follow are its own. Each name begins one only.
    package mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        heading = """
            # HELP \(name) \(Self.escaped(help, quotes: false))
            # TYPE \(name) \(kind.rawValue)

            """
        self.name = name
    }

    private var name = ""

    package mutating func add(_ value: Int, _ labels: Labels = []) { line("", labels, "\(value)") }

    package mutating func add(_ value: Double, _ labels: Labels = []) { line("", labels, Self.number(value)) }

    /// A family of one sample.
    package mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Int) {
        begin(name, kind, help)
        add(value)
    }

    package mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        begin(name, kind, help)
        add(value)
    }

    /// The buckets, which count everything up to their bounds, the sum and the count.
    ///
    /// - Parameter unit: how many of what was noted are one of what is told: 1 000 000 000 for nanoseconds and seconds.
    package mutating func add(_ distribution: Distribution, per unit: Int = 1, _ labels: Labels = []) {
        var count = 0
        for (index, bound) in distribution.bounds.enumerated() {
            count += distribution.counts[index]
            line("_bucket", labels + [(name: "le", value: Self.quotient(bound, unit))], "\(count)")
        }
        count += distribution.counts[distribution.bounds.count]
        line("_bucket", labels + [(name: "le", value: "+Inf")], "\(count)")
        line("_sum", labels, Self.quotient(distribution.sum, unit))
        line("_count", labels, "\(count)")
    }

    private mutating func line(_ suffix: String, _ labels: Labels, _ value: String) {
        if let heading { text += heading }
        heading = nil
        text += name + suffix
        if !labels.isEmpty {
            let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
            text += "{\(pairs.joined(separator: ","))}"
        }
        text += " \(value)\n"
    }

    private static func quotient(_ value: Int, _ unit: Int) -> String {
        unit == 1 ? "\(value)" : number(Double(value) / Double(unit))
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        guard value.isFinite else { return value > 0 ? "+Inf" : "-Inf" }
        return Int(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    /// By bytes: a line feed is found beside a carriage return too.
    private static func escaped(_ text: String, quotes: Bool) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes += [byte, byte]
            case UInt8(ascii: "\n"): bytes += Array("\\n".utf8)
            case UInt8(ascii: "\"") where quotes: bytes += Array("\\\"".utf8)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
