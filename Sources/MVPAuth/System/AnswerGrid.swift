/// When answers leave to calls that anybody may make for any address: 25, 50, 75 … ms after their call, so that the reading
/// of a row more or less does not show.
enum AnswerGrid {
    /// How long to keep an answer back, given the nanoseconds that it took.
    static func pause(after elapsed: UInt64) -> UInt64 { step - elapsed % step }

    /// Waits for the next place, unless the caller does not wait any more.
    static func wait(since start: UInt64, _ time: any TimeSource) async {
        try? await time.sleep(nanoseconds: pause(after: time.uptime() &- start))
    }

    private static let step: UInt64 = 25_000_000
}
