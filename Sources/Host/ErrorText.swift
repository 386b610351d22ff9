internal import CLinux
internal import Glibc

/// What a program says on standard error, kept in memory up to a bound. Not a pipe: nobody waits for a reader, and a
/// grandchild that outlives the program may go on writing.
package final class ErrorText: Sendable {
    /// For the program's standard error; closed with the value.
    package let descriptor: Int32

    private static let capacity = 64 * 1024
    private static let longestLine = 300

    /// Nil when there is no memory or no descriptor for it.
    package init?() {
        descriptor = file_in_memory(Self.capacity)
        if descriptor < 0 { return nil }
    }

    deinit { close(descriptor) }

    /// The first line with something on it, printable, without the token and whatever else looks like a secret.
    package func firstLine(hiding token: String) -> String? {
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        let lines = bytes[..<count].prefix { $0 != 0 }.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        return lines.lazy.compactMap { Self.shown($0, hiding: Array(token.utf8)) }.first
    }

    /// A line of somebody else's as it may be logged.
    package static func shown(_ line: String, hiding token: String) -> String? {
        shown(Array(line.utf8)[...], hiding: Array(token.utf8))
    }

    private static func shown(_ line: ArraySlice<UInt8>, hiding token: [UInt8]) -> String? {
        let words = line.split(separator: UInt8(ascii: " ")).map { word in
            isSuspect(word, token) ? Array("<hidden>".utf8) : Array(word)
        }
        let plain = printable(String(decoding: Array(words.joined(separator: [UInt8(ascii: " ")])), as: UTF8.self))
        guard plain.utf8.count > longestLine else { return plain.isEmpty ? nil : plain }
        return String(decoding: plain.utf8.prefix(longestLine), as: UTF8.self) + "…"
    }

    /// A word that holds the token or a piece of it, or is as long as only secrets are.
    private static func isSuspect(_ word: ArraySlice<UInt8>, _ token: [UInt8]) -> Bool {
        let run = word.split { !isTokenByte($0) }
        return run.contains { piece in
            piece.count >= 32 || piece.count >= 12 && contains(token, Array(piece))
        }
    }

    /// base64url, of which tokens are made.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }

    private static func contains(_ text: [UInt8], _ piece: [UInt8]) -> Bool {
        guard text.count >= piece.count else { return false }
        return (0...(text.count - piece.count)).contains { text[$0...].starts(with: piece) }
    }
}
