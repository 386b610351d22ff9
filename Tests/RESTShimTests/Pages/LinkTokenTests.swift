import Foundation
import Testing

@testable import RESTShim

@Suite("Tokens of links")
struct LinkTokenTests {
    private func token(_ claims: String) -> LinkToken? {
        let payload = Data(claims.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
        return LinkToken("eyJhbGciOiJIUzI1NiJ9.\(payload).c2ln")
    }

    @Test("An address is shown when it is plainly one, and of a token for this page")
    func address() throws {
        for address in ["ada@example.org", "Ada.Love+lace_1-x@mail.example.org"] {
            let link = try #require(token("{\"type\":\"email_verify\",\"email\":\"\(address)\"}"))
            #expect(link.claimedAddress(for: .emailVerify) == address)
            #expect(link.claimedAddress(for: .passwordReset) == nil)
        }
        for email in [
            "\"call 555 0100\"", "\"<b>@example.org\"", "\"a@b@example.org\"", "\"ada@\"", "\"@example.org\"",
            "\"ada\"", "7", "null", "\"ad\\u0430@example.org\"", "\"ada@ex\\u202eample.org\"",
            "\"ada@example.org\\n\"", "\"\(String(repeating: "a", count: 65))@example.org\"", "\"a'b@example.org\"",
        ] {
            let link = try #require(token("{\"type\":\"email_verify\",\"email\":\(email)}"))
            #expect(link.claimedAddress(for: .emailVerify) == nil, "\(email)")
        }
        for claims in [
            "{\"type\":\"email_verify\",\"email\":\"a@b.c\",\"email\":\"d@e.f\"}", "[]", "", "{",
            "{\"email\":\"a@b.c\"}",
        ] {
            let link = try #require(token(claims))
            #expect(link.claimedAddress(for: .emailVerify) == nil, "\(claims)")
        }
    }

    @Test("A token is what looks like one, and there is one of it")
    func query() {
        for target in ["/x?token=a.b.c", "/x?utm=1&token=a.b.c&y", "/x?token=a%2Eb%2Ec", "/x?a&&token=a.b.c#"] {
            #expect(LinkToken(target: target)?.text == (target.hasSuffix("#") ? nil : "a.b.c"), "\(target)")
        }
        for target in [
            nil, "/x", "/x?", "/x?token", "/x?token=", "/x?token=a.b", "/x?token=a.b.c.d", "/x?token=a.b.c&token=a.b.c",
            "/x?Token=a.b.c", "/x?token=a.b.%3Cc", "/x?token=a.b.c%", "/x?token=a.b.c=", "/x?token=a+.b.c",
            "/x?token=a.b.\(String(repeating: "c", count: 8200))", "/x?token=a.b.\u{E4}",
        ] {
            #expect(LinkToken(target: target) == nil, "\(target ?? "")")
        }
    }
}
