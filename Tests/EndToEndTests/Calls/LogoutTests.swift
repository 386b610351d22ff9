import AuthCrypto
import Foundation
import MVPAuth
import StrictJSON
import Testing

/// Signing out by either token, on the socket and over HTTP.
@Suite("Logout")
struct LogoutTests {
    private static let secret = "0123456789abcdef0123456789abcdef"
    private let credentials = #"{"email":"ada@example.org","password":"correct horse battery"}"#

    private struct Pair {
        let access: String
        let refresh: String
    }

    private func service() async throws -> HTTPService {
        let service = try await HTTPService(try await Daemon(["AUTH_SECRET_KEY": Self.secret]))
        #expect(try await service.send("POST", "/auth/register", credentials).status == 201)
        return service
    }

    private func login(_ service: HTTPService) async throws -> Pair {
        let pair = try #require(try await service.send("POST", "/auth/login", credentials).json)
        return Pair(
            access: try #require(pair["access_token"]?.string), refresh: try #require(pair["refresh_token"]?.string))
    }

    private func isAlive(_ pair: Pair, _ service: HTTPService) async throws -> Bool {
        try await service.send("GET", "/auth/me", token: pair.access).status == 200
    }

    /// The same claims, out of time.
    private func expired(_ token: String) throws -> String {
        let keys = try KeyRing(secret: Self.secret)
        var claims = try keys.verify(token)
        claims.issuedAt -= 100_000
        claims.expiresAt = claims.issuedAt + 900
        return try keys.sign(claims).reveal()
    }

    @Test("over HTTP takes a refresh token in the body instead of a bearer")
    func body() async throws {
        let service = try await service()
        let (one, two, three) = (try await login(service), try await login(service), try await login(service))
        let alone = try await service.send("POST", "/auth/logout", #"{"refresh_token":"\#(one.refresh)"}"#)
        #expect(alone.status == 200 && alone.json?["message"] == "Logged out.")
        #expect(try await !isAlive(one, service))
        // A client that always sends its bearer, dead by now.
        let both = try await service.send(
            "POST", "/auth/logout", #"{"refresh_token":"\#(two.refresh)"}"#, token: try expired(two.access))
        #expect(both.status == 200)
        #expect(try await !isAlive(two, service))
        #expect(try await isAlive(three, service))
        let again = try await service.send("POST", "/auth/logout", #"{"refresh_token":"\#(two.refresh)"}"#)
        #expect(again.status == 401 && again.code == "TOKEN_REVOKED")
        let chunked = try await service.raw(
            "POST /auth/logout HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n"
                + chunk(#"{"refresh_token":"\#(three.refresh)"}"#) + chunk(""))
        #expect(chunked.status == 200)
        #expect(try await !isAlive(three, service))
    }

    private func chunk(_ text: String) -> String { String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n" }

    @Test(
        "over HTTP takes a bearer, whatever else comes along",
        arguments: [nil, "", "{}", "null", "[]", "{", #"{"other":1}"#, #"{"access_token":"x","user_id":"y"}"#])
    func bearer(body: String?) async throws {
        let service = try await service()
        let pair = try await login(service)
        #expect(try await service.send("POST", "/auth/logout", body, token: pair.access).status == 200)
        #expect(try await !isAlive(pair, service))
    }

    @Test("over HTTP says what is missing or wrong")
    func refusals() async throws {
        let service = try await service()
        let pair = try await login(service)
        for body in [nil, "", "{}", #"{"access_token":"\#(pair.access)"}"#] {
            let missing = try await service.send("POST", "/auth/logout", body)
            #expect(missing.status == 401 && missing["WWW-Authenticate"] != nil, "\(body ?? "no body")")
        }
        #expect(try await service.send("POST", "/auth/logout", "{").status == 400)
        for value in ["1", "null", "[]"] {
            let mistyped = try await service.send("POST", "/auth/logout", #"{"refresh_token":\#(value)}"#)
            #expect([401, 422].contains(mistyped.status), "\(value)")
        }
        let forged = try await service.send("POST", "/auth/logout", #"{"refresh_token":"x"}"#, token: pair.access)
        #expect(forged.status == 401 && forged.code == "TOKEN_INVALID")
        #expect(try await isAlive(pair, service))
    }

    @Test("on the socket takes exactly one of the two tokens")
    func socket() async throws {
        let daemon = try await Daemon()
        _ = try await daemon.ask(
            #"{"jsonrpc":"2.0","id":1,"method":"user.register","params":["ada@example.org","correct horse battery"]}"#)
        func call(_ method: String, _ params: String) async throws -> JSON {
            let line = #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(params)}"#
            return try JSON.read(Array(try await daemon.ask(line).utf8))
        }
        let pair = try await call("auth.login", credentials)
        let access = try #require(pair.at("result", "access_token")?.string)
        let refresh = try #require(pair.at("result", "refresh_token")?.string)
        for params in ["{}", "[]", #"{"access_token":"\#(access)","refresh_token":"\#(refresh)"}"#] {
            let refused = try await call("auth.logout", params)
            #expect(refused.at("error", "code") == -32602 && refused.at("error", "data", "executed") == false)
        }
        #expect(try await call("token.verify", #"["\#(access)"]"#)["result"] != nil)
        #expect(try await call("auth.logout", #"{"refresh_token":"\#(refresh)"}"#)["result"] != nil)
        let dead = try await call("token.verify", #"["\#(access)"]"#)
        #expect(dead.at("error", "data", "code") == "TOKEN_REVOKED")
        #expect(dead.at("error", "message") == "Token has been revoked")
    }

    @Test("A session is named by a UUID in letters of either case")
    func upperCase() async throws {
        let service = try await service()
        let (one, two) = (try await login(service), try await login(service))
        let claims = try KeyRing(secret: Self.secret).verify(two.access)
        let id = try #require(claims.sessionID).description.uppercased()
        let line =
            #"{"jsonrpc":"2.0","id":1,"method":"session.revoke","params":{"access_token":"\#(one.access)","session_id":"\#(id)"}}"#
        #expect(try await service.daemon.ask(line).contains("Session revoked."))
        #expect(try await !isAlive(two, service))
    }
}
