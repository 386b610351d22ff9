internal import StrictJSON

/// The bridge to Codable: what it decodes, it encodes as a text that decodes to the same; what it refuses, it explains.
enum CodableCheck {
    private struct Sample: Codable, Equatable {
        struct Inner: Codable, Equatable {
            let a: [UInt8]
            let b: JSON?
        }

        let a: String
        let b: Int?
        let c: [Double]?
        let d: Inner?
        let e: [String: Bool]?
        let f: JSONLexeme?

        static func == (one: Sample, other: Sample) -> Bool {
            Array(one.a.utf8) == Array(other.a.utf8) && one.b == other.b && one.c == other.c && one.d == other.d
                && one.e?.count == other.e?.count && one.f == other.f
        }
    }

    static func run(_ text: [UInt8]) throws(BrokenInvariant) {
        var scanner = JSONScanner()
        guard let value = text.withUnsafeBytes({ try? scanner.scanFlawless($0) }) else { return }
        let sample: Sample
        do throws(JSONMismatches) {
            sample = try JSONDecoding.decode(Sample.self, from: value, positions: ["a", "b", "c", "d", "e", "f"])
        } catch {
            try require((1...JSONMismatches.limit).contains(error.all.count), "\(error.all.count) mismatches")
            return
        }
        guard let written = try? JSONEncoding.text(of: sample) else {
            throw BrokenInvariant(description: "decoded and not encodable: \(sample)")
        }
        var other = JSONScanner()
        guard let again = written.withUnsafeBytes({ try? other.scanFlawless($0) }) else {
            throw BrokenInvariant(description: "encoded and not readable: \(shown(written))")
        }
        let copy = try? JSONDecoding.decode(Sample.self, from: again)
        try require(copy == sample, "encoded and decoded as another value: \(shown(written))")
    }
}
