import AuthAPI
import Foundation
import MVPAuth
import MVPAuthClient
import StrictJSON
import Testing

/// Who a caller is, by the kernel and by configuration, and what follows from it.
@Suite("Access", .serialized)
struct AccessTests {
    private static let apps = """
        {"apps": [
          {"name": "shop", "socket": {}, "audience": "shop.example"},
          {"name": "blog", "socket": {}, "users": ["1234"], "methods": ["auth.*", "user.register"]},
          {"name": "mail", "groups": ["4321"], "roles": ["hooks"]},
          {"name": "slow", "socket": {}, "calls_per_second": 1, "burst": 3}
        ]}
        """
    private let password = "correct horse battery"

    private func daemon() async throws -> Daemon {
        let directory = try ScratchDirectory()
        let file = directory.path + "/apps.json"
        try Self.apps.write(toFile: file, atomically: true, encoding: .utf8)
        return try await Daemon(["AUTH_APPS_FILE": file], in: directory)
    }

    private func ask(_ socket: String, _ method: String, _ params: [String] = []) async throws -> JSON {
        let wire = try WireSocket(unix: socket)
        let list = params.map { "\"\($0)\"" }.joined(separator: ",")
        try await wire.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(method)\",\"params\":[\(list)]}\n")
        var scanner = JSONScanner()
        return try JSON(try scanner.scan(Array(try await wire.line().utf8)))
    }

    private func code(_ reply: JSON) -> String? { reply["error"]?["data"]?["code"]?.string }

    @Test("the kernel says who calls: by user, by any group, and not at all", .enabled(if: Host.isRoot))
    func kernel() async throws {
        let daemon = try await daemon()
        // Others may look into the directory; group 0 may open the socket, and what the peer is else decides nothing.
        try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: daemon.directory.path)
        try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: daemon.directory.path + "/run")
        let hello = #"{"jsonrpc":"2.0","id":1,"method":"system.hello"}"#
        func peer(_ uid: Int, _ gid: Int, _ groups: [Int]) async throws -> String {
            let reply = try await Host.ask(
                daemon.socket, hello, as: uid, gid: gid, groups: groups, in: daemon.directory.path)
            var scanner = JSONScanner()
            guard let tree = try? JSON(try scanner.scan(Array(reply.utf8))), let peer = tree["result"]?["peer"] else {
                return reply
            }
            return String(decoding: peer.text, as: UTF8.self)
        }
        #expect(try await peer(1234, 0, []) == #"{"uid":1234,"gid":0,"app":"blog","roles":["client"]}"#)
        #expect(try await peer(1235, 1235, [7, 0, 4321]) == #"{"uid":1235,"gid":1235,"app":"mail","roles":["hooks"]}"#)
        #expect(try await peer(1235, 0, [7]) == #"{"uid":1235,"gid":0,"app":"uid-1235","roles":["client"]}"#)
        let many = Array(5000..<5200)
        #expect(try await peer(1235, 0, many + [4321]).contains("\"app\":\"mail\""), "more groups than usual")
        #expect(try await peer(65534, 0, [4321]) == "", "somebody who is not mapped here")
        #expect(try await peer(1235, 1235, []) == "", "the socket's mode keeps others out")
        let denied = try await Host.ask(
            daemon.socket, #"{"jsonrpc":"2.0","id":1,"method":"auth.login","params":["a","b"]}"#, as: 1235, gid: 1235,
            groups: [0, 4321], in: daemon.directory.path)
        #expect(denied.contains("auth.login needs the role client"))
        let wire = try WireSocket(unix: daemon.adminSocket)
        try await wire.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system.stats\"}\n")
        #expect(try await wire.line().contains("\"connections_refused\":1"))
        #expect(daemon.process.errors.contains("its user is not mapped here"))
    }

    @Test("an account is found by its address, in any spelling, by who may name users")
    func find() async throws {
        let daemon = try await daemon()
        _ = try await ask(daemon.socket, "user.register", ["Ada@example.org", password])
        for spelling in ["ada@example.org", "ADA@EXAMPLE.ORG", " Ada@example.org "] {
            let reply = try await ask(daemon.socket, "user.find", [spelling])
            #expect(reply["result"]?["is_active"] == true, "\(spelling)")
        }
        for stranger in ["bob@example.org", "nobody", ""] {
            #expect(code(try await ask(daemon.socket, "user.find", [stranger])) == "USER_NOT_FOUND", "\(stranger)")
        }
        let restricted = try WireSocket(unix: daemon.socket)
        try await restricted.send(
            #"{"jsonrpc":"2.0","id":1,"method":"system.hello","params":{"roles":["client"]}}"# + "\n")
        _ = try await restricted.line()
        try await restricted.send(#"{"jsonrpc":"2.0","id":2,"method":"user.find","params":["ada@example.org"]}"# + "\n")
        #expect(try await restricted.line().contains("user.find needs the role trusted."))
    }

    @Test("an app may call its methods, and those that tell it who it is")
    func methods() async throws {
        let daemon = try await daemon()
        let blog = daemon.directory.path + "/run/app-blog.sock"
        #expect(code(try await ask(blog, "user.register", ["ada@example.org", password])) == nil)
        #expect(code(try await ask(blog, "auth.login", ["ada@example.org", password])) == nil)
        #expect(code(try await ask(blog, "system.hello")) == nil)
        for method in ["token.verify", "session.list", "system.stats"] {
            let reply = try await ask(blog, method, method == "system.stats" ? [] : ["x"])
            #expect(code(reply) == "PERMISSION_DENIED")
            #expect(reply["error"]?["message"]?.string == "\(method) is not among the methods of blog.")
        }
    }

    @Test("the tokens of an app name it, are for its audience, and are refreshed by it alone")
    func audience() async throws {
        let daemon = try await daemon()
        let shop = daemon.directory.path + "/run/app-shop.sock"
        let blog = daemon.directory.path + "/run/app-blog.sock"
        _ = try await ask(shop, "user.register", ["ada@example.org", password])
        let ours = try await ask(shop, "auth.login", ["ada@example.org", password])
        let access = try #require(ours["result"]?["access_token"]?.string)
        let refresh = try #require(ours["result"]?["refresh_token"]?.string)
        let claims = try await ask(shop, "token.verify", [access])
        #expect(claims["result"]?["app"] == "shop" && claims["result"]?["aud"] == "shop.example")
        #expect(code(try await ask(daemon.socket, "token.verify", [access])) == "TOKEN_INVALID")
        #expect(code(try await ask(daemon.socket, "auth.logout", [access])) == "TOKEN_INVALID")
        for other in [blog, daemon.socket] {
            #expect(code(try await ask(other, "auth.refresh", [refresh])) == "TOKEN_INVALID")
        }
        let next = try await ask(shop, "auth.refresh", [refresh])
        let renewed = try #require(next["result"]?["access_token"]?.string, "nothing had happened to the session")
        #expect(try await ask(shop, "token.verify", [renewed])["result"]?["app"] == "shop")

        // An app without an audience of its own: the session is the app's all the same.
        let theirs = try await ask(blog, "auth.login", ["ada@example.org", password])
        let token = try #require(theirs["result"]?["refresh_token"]?.string)
        #expect(code(try await ask(daemon.socket, "auth.refresh", [token])) == "TOKEN_INVALID")
        #expect(code(try await ask(blog, "auth.refresh", [token])) == nil)
        let plain = try await ask(daemon.socket, "auth.login", ["ada@example.org", password])
        let open = try #require(plain["result"]?["refresh_token"]?.string)
        #expect(code(try await ask(blog, "auth.refresh", [open])) == nil, "a session without an app is anybody's")
    }

    @Test("a budget counts calls, in batches too, over all connections; what is free stays free")
    func budget() async throws {
        let daemon = try await daemon()
        let slow = daemon.directory.path + "/run/app-slow.sock"
        let wire = try WireSocket(unix: slow)
        let call = #"{"jsonrpc":"2.0","id":1,"method":"token.verify","params":["x"]}"#
        try await wire.send("[\(call),\(call),\(call),\(call)]\n")
        let batch = try await wire.line()
        #expect(batch.components(separatedBy: "TOKEN_INVALID").count == 4)
        #expect(batch.contains("RATE_LIMITED") && batch.contains("\"retry_after_ms\":"))
        #expect(code(try await ask(slow, "token.verify", ["x"])) == "RATE_LIMITED")
        #expect(code(try await ask(slow, "system.ping")) == nil)
        #expect(code(try await ask(daemon.socket, "token.verify", ["x"])) == "TOKEN_INVALID", "nobody else's budget")
    }

    @Test("a reload changes who may do what, for those who connect from then on; a bad file changes nothing")
    func reload() async throws {
        let daemon = try await daemon()
        let file = daemon.directory.path + "/apps.json"
        let blog = daemon.directory.path + "/run/app-blog.sock"
        let before = try WireSocket(unix: blog)
        try await before.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system.hello\"}\n")
        _ = try await before.line()
        try #"{"apps":[{"name":"blog","methods":["token.verify"]}]}"#
            .write(toFile: file, atomically: true, encoding: .utf8)
        #expect(code(try await ask(daemon.adminSocket, "system.reload")) == nil)
        #expect(code(try await ask(blog, "token.verify", ["x"])) == "TOKEN_INVALID")
        try await before.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"token.verify\",\"params\":[\"x\"]}\n")
        #expect(try await before.line().contains("PERMISSION_DENIED"), "rights are fixed at accept")
        try #"{"apps":[{"name":"blog","roles":["everything"]}]}"#
            .write(toFile: file, atomically: true, encoding: .utf8)
        #expect(code(try await ask(daemon.adminSocket, "system.reload")) == "VALIDATION_ERROR")
        #expect(code(try await ask(blog, "token.verify", ["x"])) == "TOKEN_INVALID")
    }

    @Test("a file of apps that cannot be used stops the start")
    func refusedFile() async throws {
        let directory = try ScratchDirectory().prepared()
        let process = try Daemon.launch(["AUTH_APPS_FILE": directory.path + "/none.json"], in: directory)
        #expect(await process.ended() == 78)
        #expect(process.errors.contains("AUTH_APPS_FILE: \(directory.path)/none.json cannot be read."))
    }
}
