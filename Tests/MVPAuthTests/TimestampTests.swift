import MVPAuth
import Testing

@Suite("Timestamp")
struct TimestampTests {
    @Test(
        "is written as RFC 3339 and read back",
        arguments: [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00Z"),
            (1_709_210_096_000_001, "2024-02-29T12:34:56.000001Z"),
            (-1_000_000, "1969-12-31T23:59:59Z"),
            (253_402_300_799_000_000, "9999-12-31T23:59:59Z"),
        ] as [(Int64, String)])
    func roundTrip(microseconds: Int64, text: String) {
        #expect(Timestamp(microseconds: microseconds).description == text)
        #expect(Timestamp(text) == Timestamp(microseconds: microseconds))
    }

    @Test("never traps, whatever is added", arguments: [Int64.min, -1, 0, 1, .max])
    func saturation(seconds: Int64) {
        #expect(Timestamp(microseconds: .max) + seconds <= Timestamp(microseconds: .max))
        #expect(Timestamp(microseconds: .min) - seconds >= Timestamp(microseconds: .min))
        #expect(!Timestamp(seconds: seconds).description.isEmpty)
    }

    @Test(
        "refuses other spellings",
        arguments: [
            "", "2026-03-01", "2026-03-01T12:00:00", "2026-02-30T12:00:00Z", "2026-03-01 12:00:00Z",
            "2026-03-01T12:00:00+00:00", "2026-03-01T12:00:00.Z", "2026-13-01T12:00:00Z", "２026-03-01T12:00:00Z",
        ])
    func refusal(text: String) {
        #expect(Timestamp(text) == nil)
    }
}
