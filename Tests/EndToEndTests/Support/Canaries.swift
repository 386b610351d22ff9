import Foundation

/// Secrets of a run, and a search for them.
struct Canaries {
    private(set) var all: [(name: String, text: String)] = []

    /// Lower-case letters and digits, which no writer of JSON, SQL or logs changes.
    static func random() -> String {
        UUID().uuidString.lowercased().filter { $0 != "-" }
    }

    /// Adds a new one.
    mutating func make(_ name: String) -> String {
        let text = Self.random()
        all.append((name, text))
        return text
    }

    /// Adds one that the service has made. Of a token what counts is its signature.
    mutating func add(_ name: String, _ token: String) {
        all.append((name, token.split(separator: ".").last.map(String.init) ?? token))
    }

    /// Which of them are in a text: as they are, in base64 or in hexadecimal.
    func found(in text: String) -> [String] {
        let lower = text.lowercased()
        return all.compactMap { name, secret in
            let bytes = Data(secret.utf8)
            // Its last group depends on what follows.
            let base64 = bytes.base64EncodedString().prefix(bytes.count / 3 * 4)
            let hexadecimal = bytes.map { String(format: "%02x", $0) }.joined()
            let isFound = text.contains(secret) || text.contains(base64) || lower.contains(hexadecimal)
            return isFound ? name : nil
        }
    }
}
