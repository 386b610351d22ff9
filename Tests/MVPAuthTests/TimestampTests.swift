import Testing

@testable import MVPAuth

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

    @Test(
        "refuses what no clock and no calendar says",
        arguments: [
            "2026-03-01T24:00:00Z", "2026-03-01T12:60:00Z", "2026-03-01T12:00:60Z", "2026-00-01T12:00:00Z",
            "2026-03-00T12:00:00Z", "2026-03-32T12:00:00Z", "2026-04-31T12:00:00Z", "2025-02-29T12:00:00Z",
            "1900-02-29T12:00:00Z", "2026/03-01T12:00:00Z", "2026-03/01T12:00:00Z", "2026-03-01T12-00:00Z",
            "2026-03-01T12:00-00Z", "2026-03-01T12:00:0aZ", "2026-03-01T12:00:0/Z", "2026-03-01T12:00:00z",
            "2026-03-01T12:00:00,5Z", "2026-03-01T12:00:00.0000001Z", "2026-03-01T12:00:00.5aZ",
            "2026-03-01T12:00:00.5", "2026-03-01T12:00:00.aZ", "2026-03-01T12:00:00ZZ",
        ])
    func strictness(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(
        "reads the last of each, and one to six digits of a second",
        arguments: [
            ("2026-12-31T23:59:59Z", 1_798_761_599_000_000), ("2000-02-29T00:00:00Z", 951_782_400_000_000),
            ("1970-01-01T00:00:00.1Z", 100_000), ("1970-01-01T00:00:00.09Z", 90_000),
            ("1970-01-01T00:00:00.000001Z", 1), ("1970-01-01T00:00:00.999999Z", 999_999),
        ] as [(String, Int64)])
    func reading(text: String, microseconds: Int64) {
        #expect(Timestamp(text)?.microseconds == microseconds)
    }

    @Test("is written in the years 0001 to 9999, and as the nearest of their bounds outside them")
    func years() {
        let (first, last) = (Int64(-62_135_596_800_000_000), Int64(253_402_300_799_999_999))
        #expect(Timestamp(microseconds: first).description == "0001-01-01T00:00:00Z")
        #expect(Timestamp(microseconds: first + 1).description == "0001-01-01T00:00:00.000001Z")
        #expect(Timestamp(microseconds: first - 1).description == "0001-01-01T00:00:00Z")
        #expect(Timestamp(microseconds: last).description == "9999-12-31T23:59:59.999999Z")
        #expect(Timestamp(microseconds: last + 1).description == "9999-12-31T23:59:59Z")
        #expect(Timestamp(microseconds: -1).description == "1969-12-31T23:59:59.999999Z")
    }

    @Test("goes by the Gregorian calendar, on the first and the last day of each month")
    func calendar() {
        func twoDigits(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        // The day before 0001-01-01, counted from 1970-01-01.
        var days: Int64 = -719_163
        for year in 1...9999 as ClosedRange<Int64> {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            for (month, length) in zip(1..., [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) {
                if year % 50 < 2 || year == 2024 || year == 9999 {
                    for day in [1, Int64(length)] {
                        let instant = Timestamp(seconds: (days + day) * 86_400)
                        let number = String(String(10_000 + year).dropFirst())
                        let text = "\(number)-\(twoDigits(Int64(month)))-\(twoDigits(day))T00:00:00Z"
                        if instant.description != text || Timestamp(text) != instant { Issue.record("\(text)") }
                    }
                }
                days += Int64(length)
            }
        }
        #expect(days == 2_932_896)
    }

    @Test("has whole seconds, rounded down")
    func seconds() {
        let rounded = [-1_000_001, -1_000_000, -1, 0, 999_999, 1_000_000].map {
            Timestamp(microseconds: $0).seconds
        }
        #expect(rounded == [-2, -1, -1, 0, 0, 1])
    }

    @Test("stops at its first and its last instant, whatever is added")
    func ends() {
        let (first, last) = (Timestamp(microseconds: .min), Timestamp(microseconds: .max))
        let most = Int64.max / 1_000_000
        #expect(Timestamp(seconds: most).microseconds == most * 1_000_000 && Timestamp(seconds: most + 1) == last)
        #expect(Timestamp(seconds: -most).microseconds == -most * 1_000_000 && Timestamp(seconds: -most - 1) == first)
        let zero = Timestamp(seconds: 0)
        #expect(last + 1 == last && first + -1 == first && first - 1 == first && last - -1 == last)
        #expect(zero - .min == last && zero - .max == first && zero - 5 == Timestamp(seconds: -5))
        #expect(zero.advanced(byMilliseconds: .max) == last && zero.advanced(byMilliseconds: .min) == first)
        #expect(last.advanced(byMilliseconds: 1) == last && first.advanced(byMilliseconds: -1) == first)
        #expect(zero.advanced(byMilliseconds: -3).microseconds == -3000)
        #expect(zero < Timestamp(microseconds: 1) && !(zero < zero))
    }
}
