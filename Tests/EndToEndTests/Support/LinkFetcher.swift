import Foundation
import Testing

/// A mail scanner without JavaScript: it opens a link, follows every link of what it gets, and submits every form of it,
/// filled in every way that it knows.
struct LinkFetcher {
    let service: HTTPService
    private(set) var opened = 0
    private(set) var submitted = 0
    private(set) var answers: [HTTPAnswer] = []

    /// What it writes into fields that are not hidden; nil leaves them as they are.
    private static let fillings: [String?] = [
        nil, "", "1", "on", "1234", "test@example.org", "A long enough phrase 1!",
    ]

    init(_ service: HTTPService) {
        self.service = service
    }

    /// - Parameter rounds: how many forms deep it goes.
    mutating func fetch(_ path: String, rounds: Int) async throws {
        opened += 1
        let page = try await service.send("GET", path)
        _ = try await service.send("GET", path)
        try await explore(page, at: path, rounds: rounds)
    }

    private mutating func explore(_ page: HTTPAnswer, at path: String, rounds: Int) async throws {
        answers.append(page)
        guard rounds > 0 else { return }
        for match in page.text.matches(of: /<a [^>]*href="([^"]+)"/) {
            try await fetch(String(match.1), rounds: rounds - 1)
        }
        for form in page.text.matches(of: /(?s)<form ([^>]*)>(.*?)<\/form>/) {
            let action = Self.attribute("action", of: form.1) ?? ""
            let target = URL(string: action, relativeTo: URL(string: service.base + path))?.absoluteURL.path ?? path
            for filling in Self.fillings {
                let body = Self.body(of: form.2, filling)
                submitted += 1
                _ = try await service.send("GET", "\(target)?\(body)")
                let answer = try await service.submit(target, body)
                try await explore(answer, at: target, rounds: rounds - 1)
            }
        }
    }

    private static func body(of form: Substring, _ filling: String?) -> String {
        form.matches(of: /<input ([^>]*)>/).compactMap { match -> String? in
            guard let name = attribute("name", of: match.1) else { return nil }
            let given = attribute("value", of: match.1) ?? ""
            let value = attribute("type", of: match.1) == "hidden" ? given : filling ?? given
            return "\(name)=\(HTTPService.formEscaped(value))"
        }.joined(separator: "&")
    }

    private static func attribute(_ name: String, of tag: Substring) -> String? {
        tag.firstMatch(of: try! Regex("(?:^| )\(name)=\"([^\"]*)\"", as: (Substring, Substring).self)).map {
            String($0.1)
        }
    }
}

extension HTTPService {
    /// Submits a form as a browser does.
    func submit(_ path: String, _ body: String, headers: [String: String] = [:]) async throws -> HTTPAnswer {
        try await send(
            "POST", path, body,
            headers: ["Content-Type": "application/x-www-form-urlencoded"].merging(headers) { $1 })
    }

    static func formEscaped(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}

extension HTTPAnswer {
    /// What a form of this page holds beside the token: when it was made, and the digits that are to be typed.
    func proof() throws -> String {
        let shown = try #require(text.firstMatch(of: /name="shown" value="(\d+)"/)).1
        let digits = try #require(text.firstMatch(of: /Type these four digits: (\d{4})</)).1
        return "shown=\(shown)&digits=\(digits)"
    }
}
