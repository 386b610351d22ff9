internal import Glibc

/// The environment that the process was started with.
package enum ProcessEnvironment {
    /// What is no UTF-8 in a value is U+FFFD.
    package static var current: [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            // By bytes: a combining mark would make one character of itself and the sign.
            let bytes = UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(bitPattern: $0) }
            if let sign = bytes.firstIndex(of: UInt8(ascii: "=")) {
                let value = String(decoding: bytes[(sign + 1)...], as: UTF8.self)
                variables[String(decoding: bytes[..<sign], as: UTF8.self)] = value
            }
            entry += 1
        }
        return variables
    }
}
