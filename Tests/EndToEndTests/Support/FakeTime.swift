import Foundation

/// Daemons under another wall clock, by libfaketime.
enum FakeTime {
    static let library = ["x86_64", "aarch64"].map { "/usr/lib/\($0)-linux-gnu/faketime/libfaketimeMT.so.1" }
        .first { FileManager.default.fileExists(atPath: $0) }

    /// A wall clock that is off by a step; the clock that never steps is the kernel's.
    static func settings(_ step: String) -> [String: String] {
        [
            "LD_PRELOAD": library ?? "", "FAKETIME": step, "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        ]
    }
}
