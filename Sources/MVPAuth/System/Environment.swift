#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The time, injected so that tests need not wait for it.
public protocol TimeSource: Sendable {
    /// UTC.
    func now() -> Timestamp

    /// Nanoseconds of a clock that never steps.
    func uptime() -> UInt64

    /// Waits so long by that clock. Throws when the task is cancelled.
    func sleep(nanoseconds: UInt64) async throws
}

extension TimeSource {
    public func sleep(nanoseconds: UInt64) async throws { try await Task.sleep(nanoseconds: nanoseconds) }
}

public struct SystemTime: TimeSource {
    public init() {}

    public func now() -> Timestamp {
        let time = read(CLOCK_REALTIME)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    public func uptime() -> UInt64 {
        let time = read(CLOCK_MONOTONIC)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        clock_gettime(clock, &time)
        return time
    }
}

/// Unpredictable bytes.
public protocol Entropy: Sendable {
    func bytes(_ count: Int) -> [UInt8]
}

/// The kernel's generator.
public struct SystemEntropy: Entropy {
    public init() {}

    public func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        // The kernel is called for each word, and for a single byte as well.
        let words = (0..<(count + 7) / 8).map { _ in generator.next() }
        return words.withUnsafeBytes { Array($0.prefix(count)) }
    }
}

/// The cores of the machine.
package enum Processors {
    package static var count: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}

/// Turns a domain name into its ASCII form: UTS 46 non-transitional, STD 3 rules, lower case.
public protocol DomainEncoder: Sendable {
    /// Nil when the name is not a valid domain.
    func asciiForm(of domain: String) -> String?
}
