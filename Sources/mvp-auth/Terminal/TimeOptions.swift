internal import ArgumentParser
internal import MVPAuth

/// How a command writes times for people.
struct TimeOptions: ParsableArguments {
    @Flag(help: "Times as dates in UTC, not as how long ago.")
    var absolute = false

    /// - Parameter none: what stands where there is no time.
    func text(of time: Timestamp?, else none: String = "never", at now: Timestamp = SystemTime().now()) -> String {
        guard let time else { return none }
        return absolute ? Timestamp(seconds: time.seconds).description : Self.relative(time, at: now)
    }

    /// How long ago something was, or in how long it will be, in its largest unit.
    static func relative(_ time: Timestamp, at now: Timestamp) -> String {
        let seconds = time.seconds.subtractingReportingOverflow(now.seconds).partialValue
        let length = Int64(clamping: seconds.magnitude)
        guard length >= 45 else { return "just now" }
        let (count, unit) =
            if length < 3600 { (max(1, length / 60), "min") } else if length < 86_400 {
                (length / 3600, "h")
            } else if length < 60 * 86_400 {
                (length / 86_400, length < 2 * 86_400 ? "day" : "days")
            } else if length < 730 * 86_400 { (length / (30 * 86_400), "months") } else {
                (length / (365 * 86_400), "years")
            }
        return seconds < 0 ? "\(count) \(unit) ago" : "in \(count) \(unit)"
    }
}
