internal import Glibc

/// Why a program does not start, or a command does not do its work: one sentence, and how the process ends.
package struct StartFailure: Error, CustomStringConvertible, Equatable {
    /// Exit statuses, as in sysexits.h.
    package enum Status: Int32, Sendable {
        /// The machine, its files or other processes do not allow it. Another moment may be better.
        case failure = 1
        /// What the operator said cannot be used.
        case configuration = 78
    }

    package let sentence: String
    package let status: Status

    package init(_ sentence: String, status: Status = .failure) {
        self.sentence = sentence
        self.status = status
    }

    package static func configuration(_ sentence: String) -> Self { Self(sentence, status: .configuration) }

    /// What the system says of the call that has just failed (errno(3)).
    package static var reason: String { String(cString: strerror(errno)) }

    package var description: String { sentence }
}
