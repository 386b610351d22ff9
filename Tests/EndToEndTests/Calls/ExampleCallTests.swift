import AuthAPI
import Contract
import Foundation
import MVPAuth
import StrictJSON
import Testing

/// The examples of `rpc.discover`, made for real: each call is answered with what its example shows.
@Suite("Examples of the OpenRPC document")
struct ExampleCallTests {
    static let methods = authAPI.methods.map { $0.spec.name }

    private func call(_ daemon: Daemon, _ method: String, _ params: JSON) async throws -> JSON {
        let wire = try WireSocket(unix: daemon.adminSocket)
        let line: JSON = ["jsonrpc": "2.0", "id": 1, "method": .string(method), "params": params]
        try await wire.send(String(decoding: line.text, as: UTF8.self) + "\n")
        return try JSON.read(Array(try await wire.line().utf8))
    }

    @Test("are answered as they say", arguments: methods)
    func example(method: String) async throws {
        // Messages stay where they are.
        let daemon = try await Daemon(method.hasPrefix("admin.") ? ["AUTH_EMAIL_SINK": "socket"] : [:])
        let discovered = try await call(daemon, "rpc.discover", .object([]))
        let entry = try #require(
            discovered.at("result", "methods")?.elements.first { $0["name"]?.string == method })
        let example = try #require(entry.at("examples")?[0])
        let account = MethodDescription(Register.self).exampleParams
        if !["user.register", "admin.create_user"].contains(method) {
            _ = try await call(daemon, "user.register", account)
        }
        var params: JSON = .object([])
        for param in example["params"]?.elements ?? [] {
            let name = try #require(param["name"]?.string)
            let shown = try #require(param["value"])
            params[name] = try await living(name, of: method, daemon, account) ?? shown
        }
        let reply = try await call(daemon, method, params)
        let result = try #require(reply["result"], "\(String(decoding: reply.text, as: UTF8.self))")
        let shown = try #require(example.at("result", "value"))
        if case .array = shown {
            #expect(shape(of: result[0]) == shape(of: shown[0]))
        } else if method != "rpc.discover" {
            #expect(shape(of: result) == shape(of: shown))
        }
    }

    /// What stands in a call for the value that an example can only show: tokens live, and sessions have owners.
    private func living(_ name: String, of method: String, _ daemon: Daemon, _ account: JSON) async throws -> JSON? {
        let email = try #require(account["email"]?.string)
        var login = account
        login["device_info"] = "Firefox on Debian"
        login["ip_address"] = "192.0.2.7"
        switch name {
        case "access_token", "refresh_token":
            return try await call(daemon, "auth.login", login).at("result", name)
        case "user_id":
            return try await call(daemon, "user.find", ["email": .string(email)]).at("result", "id")
        case "session_id":
            let access = try #require(try await call(daemon, "auth.login", login).at("result", "access_token"))
            let sessions = try await call(daemon, "session.list", ["access_token": access])
            return sessions["result"]?[0]?["id"]
        case "message_id":
            return try await call(daemon, "admin.list_messages", .object([])).at("result", "messages")?[0]?["id"]
        case "token" where method == "user.verify_email":
            return .string(try await daemon.mailedToken(.verification, to: email).reveal())
        case "token":
            _ = try await call(daemon, "password.forgot_password", ["email": .string(email)])
            return .string(try await daemon.mailedToken(.passwordReset, to: email).reveal())
        default: return nil
        }
    }

    /// The names of an object's members that are always there, else the kind of value.
    private func shape(of value: JSON?) -> [String] {
        guard case .object(let members)? = value else {
            return ["\(value.map { String(decoding: $0.text, as: UTF8.self).prefix(1) } ?? "none")"]
        }
        return members.filter { $0.value != .null }.map(\.name).sorted()
    }
}
