import AuthCrypto
import Testing

@testable import MVPAuth

@Suite("Cursors of lists")
struct PageCursorTests {
    private let cursor = PageCursor<User>(
        createdAt: Timestamp(microseconds: 1_772_366_400_123_456), id: UserID("5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10")!)
    private let list = PagedList("admin.list_users", filters: ["ada", nil])

    private func key(_ secret: String = "0123456789abcdef0123456789abcdef") throws -> any DerivedKey {
        try KeyRing(secret: secret).derivedKey(for: PageCursor<User>.purpose)
    }

    @Test(
        "A cursor comes back as it was",
        arguments: [Int64.min, -1, 0, 1_772_366_400_123_456, .max])
    func roundTrip(microseconds: Int64) throws {
        let cursor = PageCursor(createdAt: Timestamp(microseconds: microseconds), id: cursor.id)
        let text = cursor.text(in: list, by: try key())
        #expect(text.utf8.allSatisfy { "-_".utf8.contains($0) || ($0 | 0x20) >= 0x61 || (0x30...0x39).contains($0) })
        #expect(try PageCursor(text, in: list, by: key()) == cursor)
    }

    @Test(
        "A cursor of another list is none of this",
        arguments: [
            PagedList("admin.list_sessions", filters: ["ada", nil]),
            PagedList("admin.list_users", filters: [nil, "ada"]),
            PagedList("admin.list_users", filters: ["adb", nil]), PagedList("admin.list_users", filters: ["", "ada"]),
            PagedList("admin.list_users", filters: ["ada"]), PagedList("admin.list_usersada", filters: [nil, nil]),
            PagedList("admin.list_users", filters: ["ada", ""]),
        ])
    func bound(other: PagedList) throws {
        let text = cursor.text(in: other, by: try key())
        #expect(refusal(of: text, by: try key()) == AuthError.Code.invalidParams)
        #expect(try PageCursor(text, in: other, by: key()) == cursor)
    }

    @Test("No other text is a cursor: every changed, cut or lengthened one is refused, and the member is named")
    func strict() throws {
        let key = try key()
        let text = cursor.text(in: list, by: key)
        var others = [
            "", "=", "AAAA", text + "A", text + "=", " " + text, text + "\n", String(repeating: "A", count: 54),
        ]
        others += (0..<text.utf8.count).map { String(text.prefix($0)) }
        for index in text.indices {
            let changed: Character = text[index] == "A" ? "B" : "A"
            others.append(String(text[..<index]) + String(changed) + String(text[text.index(after: index)...]))
        }
        for other in others { #expect(refusal(of: other, by: key) == .invalidParams, "\(other)") }
        let error = #expect(throws: AuthError.self) { try PageCursor<User>("AAAA", in: list, by: key) }
        #expect(error?.fields.map(\.path) == ["cursor"])
    }

    @Test("The key of another service, or for another purpose, opens nothing")
    func keys() throws {
        let text = cursor.text(in: list, by: try key())
        #expect(refusal(of: text, by: try key("fedcba9876543210fedcba9876543210")) == .invalidParams)
        let ring = try KeyRing(secret: "0123456789abcdef0123456789abcdef")
        #expect(refusal(of: text, by: ring.derivedKey(for: "mvp-auth/other")) == .invalidParams)
    }

    @Test("A part names where the next one begins if one element more was found", arguments: 0...4)
    func parts(found: Int) throws {
        let page = PageRequest(list, after: nil, limit: 3).page(of: Array(0..<found), by: try key()) { _ in cursor }
        #expect(page.elements == Array(0..<min(found, 3)))
        #expect((page.next != nil) == (found > 3))
    }

    private func refusal(of text: String, by key: any DerivedKey) -> AuthError.Code? {
        do throws(AuthError) {
            _ = try PageCursor<User>(text, in: list, by: key)
            return nil
        } catch {
            return error.code
        }
    }
}
