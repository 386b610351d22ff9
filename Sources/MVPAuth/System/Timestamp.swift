/// An instant in UTC, in microseconds since 1970-01-01T00:00:00Z: the resolution of the stores.
///
/// Arithmetic saturates: no configuration and no token can make it trap.
public struct Timestamp: Hashable, Comparable, Sendable {
    public let microseconds: Int64

    @inlinable
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    @inlinable
    public init(seconds: Int64) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        microseconds = overflow ? (seconds < 0 ? .min : .max) : product
    }

    /// Whole seconds, rounded down: the unit of JWT's NumericDate (RFC 7519 §2).
    @inlinable
    public var seconds: Int64 {
        let quotient = microseconds / 1_000_000
        return microseconds % 1_000_000 < 0 ? quotient - 1 : quotient
    }

    @inlinable
    public static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }

    @inlinable
    public static func + (instant: Self, seconds: Int64) -> Self {
        let offset = Timestamp(seconds: seconds).microseconds
        let (sum, overflow) = instant.microseconds.addingReportingOverflow(offset)
        return Timestamp(microseconds: overflow ? (offset < 0 ? .min : .max) : sum)
    }

    @inlinable
    public static func - (instant: Self, seconds: Int64) -> Self {
        instant + (seconds == .min ? .max : -seconds)
    }

    func advanced(byMilliseconds count: Int64) -> Self {
        let (offset, overflow) = count.multipliedReportingOverflow(by: 1000)
        let (sum, isOver) = microseconds.addingReportingOverflow(overflow ? (count < 0 ? .min : .max) : offset)
        return Timestamp(microseconds: isOver ? (count < 0 ? .min : .max) : sum)
    }

    static let year10000: Int64 = 253_402_300_800
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC, with microseconds when there are any: `2026-03-01T12:00:00.250000Z`.
    ///
    /// Instants outside the years 0001 to 9999 are written as the nearest bound.
    public var description: String {
        let total = min(max(seconds, -62_135_596_800), Self.year10000 - 1)
        let fraction = total == seconds ? microseconds - total * 1_000_000 : 0
        let days = (total >= 0 ? total : total - 86_399) / 86_400
        let inDay = total - days * 86_400
        let (year, month, day) = Self.civil(fromDays: days)
        var text = Self.padded(year, 4) + "-" + Self.padded(month, 2) + "-" + Self.padded(day, 2)
        text += "T" + Self.padded(inDay / 3600, 2) + ":" + Self.padded(inDay / 60 % 60, 2)
        text += ":" + Self.padded(inDay % 60, 2)
        if fraction != 0 { text += "." + Self.padded(fraction, 6) }
        return text + "Z"
    }

    /// Reads the form that `description` writes, with one to six digits of fraction.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z") else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            var value: Int64 = 0
            for byte in bytes[range] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        }
        let separators: [(Int, Character)] = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")]
        guard separators.allSatisfy({ bytes[$0.0] == $0.1.asciiValue }),
            let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60
        else { return nil }
        var fraction: Int64 = 0
        if bytes.count > 20 {
            guard bytes[19] == UInt8(ascii: "."), (22...27).contains(bytes.count),
                let digits = number(20..<bytes.count - 1)
            else { return nil }
            fraction = digits
            for _ in 0..<(27 - bytes.count) { fraction *= 10 }
        }
        let days = Self.days(fromCivil: (year, month, day))
        guard Self.civil(fromDays: days) == (year, month, day) else { return nil }
        microseconds = (days * 86_400 + hour * 3600 + minute * 60 + second) * 1_000_000 + fraction
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// Proleptic Gregorian date of a day number, after Howard Hinnant's `civil_from_days`.
    private static func civil(fromDays days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthIndex + 2) / 5 + 1)
    }

    private static func days(fromCivil date: (year: Int64, month: Int64, day: Int64)) -> Int64 {
        let year = date.month <= 2 ? date.year - 1 : date.year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (date.month > 2 ? date.month - 3 : date.month + 9) + 2) / 5 + date.day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
