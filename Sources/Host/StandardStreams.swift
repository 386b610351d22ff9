internal import Glibc

/// Lines in one write each, so that those of several processes do not interleave.
package enum StandardStreams {
    /// Says something without waiting for whoever reads it: what a server says. See `LineWriter`.
    package static func post(_ text: String, to descriptor: Int32) {
        LineWriter.of(descriptor).write(Array((text + "\n").utf8))
    }

    /// Writes all of it, and waits as long as that takes: what a command prints.
    package static func writeLine(_ text: String, to descriptor: Int32) {
        write(Array((text + "\n").utf8), to: descriptor)
    }

    /// The same. Where nobody reads standard output any more, as behind `| head`, the process ends as by SIGPIPE, which the
    /// event loops have it ignore.
    ///
    /// - Returns: whether all of it was written; else `errno` says why not.
    @discardableResult
    package static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                if count < 0, errno == EPIPE, descriptor == STDOUT_FILENO { endByBrokenPipe() }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
    }

    private static func endByBrokenPipe() -> Never {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        signal(SIGPIPE, SIG_DFL)
        // A thread of Dispatch has it blocked.
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        raise(SIGPIPE)
        exit(128 + SIGPIPE)
    }
}
