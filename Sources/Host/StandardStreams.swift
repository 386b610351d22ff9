internal import Glibc

/// Lines in one write each, so that those of several processes do not interleave.
package enum StandardStreams {
    /// Says something without waiting for whoever reads it: what a server says. See `LineWriter`.
    package static func post(_ text: String, to descriptor: Int32) {
        LineWriter.of(descriptor).write(Array((text + "\n").utf8))
    }

    /// Writes all of it, and waits as long as that takes: what a command prints.
    package static func writeLine(_ text: String, to descriptor: Int32) {
        let line = Array((text + "\n").utf8)
        line.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                guard count > 0 || errno == EINTR else { return }
                rest = rest.dropFirst(max(0, count))
            }
        }
    }
}
