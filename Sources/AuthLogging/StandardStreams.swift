internal import Glibc

/// One write for each line, so that lines of several processes do not interleave.
package enum StandardStreams {
    package static func writeLine(_ text: String, to descriptor: Int32) {
        let line = Array((text + "\n").utf8)
        _ = write(descriptor, line, line.count)
    }
}
