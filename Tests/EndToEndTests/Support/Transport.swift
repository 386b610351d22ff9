import AuthAPI
import AuthCrypto
import AuthTesting
import Contract
import Foundation
import InternationalDomains
import JSONRPC
import Logging
import MVPAuth
import MVPAuthClient
import MemoryStore
import StrictJSON
import Synchronization
import Testing

@testable import AuthServer

/// What came of a call, whichever way it went.
struct Outcome {
    var result: JSON?
    var code: String?
    var fields: [String] = []

    subscript(name: String) -> JSON? { result?[name] }
}

/// A way to the service. The same body of tests runs over each.
protocol Transport: Sendable {
    /// Calls a method of the REST table.
    func call<Method: RPCMethod>(_ method: Method) async throws -> Outcome
    /// The latest token that was mailed to an address.
    func mailedToken(_ kind: EmailEvent.Kind, to email: String) async throws -> Secret
}

enum TransportKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case inProcess = "in process"
    case socket
    case postgresql = "socket, on PostgreSQL"
    case http = "HTTP"

    var testDescription: String { rawValue }

    func make() async throws -> any Transport {
        switch self {
        case .inProcess: return try await InProcessTransport()
        case .socket: return SocketTransport(daemon: try await Daemon())
        case .postgresql: return SocketTransport(daemon: try await Daemon(Backend.postgresql.settings()))
        case .http: return HTTPTransport(service: try await HTTPService(try await Daemon()))
        }
    }
}

/// Through parser, dispatcher and services of this process, on the store in memory.
final class InProcessTransport: Transport {
    private let mails: Mails
    private let server: ServerState
    private let connection = ConnectionState(
        peer: Peer(uid: 1, gid: 1, pid: 1), rights: PeerRights(app: App(Caller(unregistered: "test")), roles: .client))

    init() async throws {
        let keys = try KeyRing(secret: "0123456789abcdef0123456789abcdef")
        // As a daemon in development, which the other transports have.
        var policy = AuthPolicy()
        policy.limitsEmails = false
        let auth = try await AuthSystem(
            store: MemoryStore(), hasher: HashingPool(Bcrypt(cost: 4)), signer: keys, domains: IDN2DomainEncoder(),
            policy: policy)
        mails = Mails(auth)
        server = ServerState(
            ServerConfiguration(system: auth, access: AccessPolicy(daemon: 0)), store: "memory",
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            sha256: { keys.sha256($0) }, reload: { current throws(AuthError) in current }, stop: {})
    }

    func mailedToken(_ kind: EmailEvent.Kind, to email: String) async throws -> Secret {
        guard let token = try await mails.all.last(where: { $0.kind == kind && $0.email == email })?.token else {
            throw DaemonFailure(description: "no \(kind.rawValue) was mailed to \(email)")
        }
        return token
    }

    func call<Method: RPCMethod>(_ method: Method) async throws -> Outcome {
        var request = RequestWriter()
        do {
            try request.request(id: 1, method: Method.spec.name, params: method)
        } catch let text as JSONMismatch {
            return Outcome(code: "INVALID_PARAMS", fields: [text.path])
        }
        var parser = RequestParser()
        let line = request.json.bytes.dropLast()
        let dispatcher = Dispatcher(authAPI, server: server)
        var writer = ResponseWriter()
        guard case .single(let item) = Array(line).withUnsafeBytes({ parser.parse($0) }) else {
            throw DaemonFailure(description: "the line was not understood")
        }
        let pending = dispatcher.answer(item, on: connection, with: server.system, writer: &writer)
        let reply = await pending?.line().withBytes { Array($0) } ?? writer.json.bytes
        guard !reply.isEmpty else { throw DaemonFailure(description: "the call was ignored") }
        var responses = ResponseParser()
        ExchangeLog.report(Contract.own.complaints(line: Array(reply.dropLast())) { _ in [Method.spec.name] })
        switch try Array(reply.dropLast()).withUnsafeBytes({ try responses.parse($0) }) {
        case .result(_, let value): return Outcome(result: try JSON(value))
        case .failure(_, let error):
            return Outcome(code: error.data.code, fields: (error.data.fields ?? []).map(\.path))
        case .notification: throw DaemonFailure(description: "a notification answered a call")
        }
    }
}

/// Through the client to a real daemon.
struct SocketTransport: Transport {
    let daemon: Daemon
    let client: AuthClient

    init(daemon: Daemon) {
        self.daemon = daemon
        client = daemon.client()
    }

    func call<Method: RPCMethod>(_ method: Method) async throws -> Outcome {
        do throws(AuthClientError) {
            let value = try await client.result(of: Method.spec.name, method, isRepeatable: false)
            return Outcome(result: (try? JSON(value)) ?? .null)
        } catch {
            return Outcome(code: error.code, fields: error.fields.map(\.path))
        }
    }

    func mailedToken(_ kind: EmailEvent.Kind, to email: String) async throws -> Secret {
        try await daemon.mailedToken(kind, to: email)
    }
}

/// Through the shim to a real daemon.
struct HTTPTransport: Transport {
    let service: HTTPService

    func call<Method: RPCMethod>(_ method: Method) async throws -> Outcome {
        guard let route = Method.spec.rest else { throw DaemonFailure(description: "no route") }
        var scanner = JSONScanner()
        let params = try JSON(try scanner.scan(try JSONEncoding.text(of: method)))
        let body = route.body.compactMap { name in params[name].map { JSON.Member(name, $0) } }
        let path = route.path.replacingOccurrences(
            of: "{id}", with: route.pathParameter.flatMap { params[$0]?.string } ?? "")
        let answer = try await service.send(
            route.verb.rawValue, "/auth" + path,
            route.body.isEmpty ? nil : String(decoding: JSON.object(body).text, as: UTF8.self),
            token: params["access_token"]?.string)
        guard answer.status >= 400 else {
            guard answer.status == route.status else { throw DaemonFailure(description: "status \(answer.status)") }
            if let result = answer.json {
                ExchangeLog.report(Contract.own.complaints(result: result, of: Method.spec.name))
            }
            return Outcome(result: answer.json)
        }
        guard case .array(let errors)? = answer.json?["errors"] else { return Outcome(code: answer.code) }
        return Outcome(code: answer.code, fields: errors.compactMap { $0["field"]?.string })
    }

    func mailedToken(_ kind: EmailEvent.Kind, to email: String) async throws -> Secret {
        try await service.daemon.mailedToken(kind, to: email)
    }
}
