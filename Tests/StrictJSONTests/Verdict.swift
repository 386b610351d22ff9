@testable import StrictJSON

/// What becomes of a text.
enum Verdict: Equatable {
    /// Read, with nothing to object to.
    case flawless
    /// Grammatical, and marked: requests and tokens that hold it are refused.
    case flawed(JSONDefect.Kind)
    /// Not JSON.
    case refused

    init(_ text: [UInt8], depth: Int = JSONScanner.defaultDepthLimit) {
        var scanner = JSONScanner(depthLimit: depth)
        guard let value = try? scanner.scan(text) else {
            self = .refused
            return
        }
        self = value.document.defects.first.map { .flawed($0.kind) } ?? .flawless
    }

    init(_ text: String) { self.init(Array(text.utf8)) }
}
