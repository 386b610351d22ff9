internal import Glibc
internal import MVPAuth

/// A line on standard error that says how far something is, where that is a terminal; elsewhere nothing.
struct ProgressLine {
    private let isShown = isatty(STDERR_FILENO) == 1
    private let start = SystemTime().uptime()
    private var latest: UInt64 = 0
    /// Where it began: what was done by an earlier run says nothing of the rate of this one.
    private var first: Int?

    /// Nanoseconds between two states of the line.
    private static let pause: UInt64 = 100_000_000

    mutating func show(_ count: Int, of total: Int) {
        guard isShown else { return }
        let now = SystemTime().uptime()
        let first = first ?? count
        self.first = first
        guard now - latest >= Self.pause else { return }
        latest = now
        write(Self.text(count, of: total, since: first, seconds: Double(now - start) / 1e9))
    }

    static func text(_ count: Int, of total: Int, since first: Int, seconds: Double) -> String {
        let rate = seconds > 0 ? Double(count - first) / seconds : 0
        guard total >= count, total > 0, rate > 0 else { return "\(count)  \(Int(rate))/s" }
        let width = 24
        let done = min(width, count * width / total)
        let bar = String(repeating: "#", count: done) + String(repeating: "-", count: width - done)
        let rest = Int(Double(total - count) / rate)
        let time = rest < 60 ? "\(rest) s" : rest < 3600 ? "\(rest / 60) min" : "\(rest / 3600) h \(rest / 60 % 60) min"
        return "[\(bar)] \(count * 100 / total) %  \(count) of \(total)  \(Int(rate))/s  \(time) left"
    }

    /// Takes the line away, before anything else is written there.
    mutating func clear() {
        guard isShown, latest > 0 else { return }
        latest = 0
        write("")
    }

    private func write(_ text: String) {
        let line = Array("\r\(text)\u{1B}[K".utf8)
        _ = Glibc.write(STDERR_FILENO, line, line.count)
    }
}
