internal import AuthAPI
internal import JSONRPC
internal import Logging
internal import MVPAuth
internal import StrictJSON
internal import Synchronization

/// Finds the handler of a call, checks the role, and turns what comes of it into a reply.
final class Dispatcher: Sendable {
    private struct Entry: Sendable {
        let index: Int
        let name: String
        let role: Role
        let route: Route
    }

    private let entries: [ShortBytes: Entry]
    private let server: ServerState
    private let calls = Atomic<UInt64>(0)

    /// One handler for each method of the catalogue: a method without one does not compile.
    init<each Method: Handled>(_ catalog: Catalog<repeat each Method>, server: ServerState) {
        var entries: [ShortBytes: Entry] = [:]
        for method in repeat (each Method).self {
            let spec = method.spec
            entries[ShortBytes(spec.name)] = Entry(
                index: entries.count, name: spec.name, role: spec.role, route: method.route)
        }
        self.entries = entries
        self.server = server
    }

    /// Begins a call. An immediate one is answered at once; of the others the work is returned.
    func begin(
        _ request: Request, on connection: ConnectionState, with system: AuthSystem, writer: inout ResponseWriter
    ) -> Route.Work? {
        do throws(AuthError) {
            guard let entry = entries[request.method] else { throw AuthError(.methodNotFound) }
            guard !server.isDraining || entry.role == .any else { throw AuthError(.shuttingDown) }
            guard entry.role == .any || connection.grant.allows(entry.role) else {
                throw AuthError(.permissionDenied, "\(entry.name) needs the role \(entry.role.rawValue).")
            }
            server.countCall(entry.index)
            if request.meta.timeoutMilliseconds == 0 { throw AuthError(.deadlineExceeded) }
            let call = Call(
                system: system, server: server, connection: connection,
                idempotencyKey: request.meta.idempotencyKey.map { String(decoding: $0, as: UTF8.self) })
            switch try entry.route.begin(request, call, &writer) {
            case .done: return nil
            case .pending(let work): return work
            }
        } catch {
            refuse(request.id, error, writer: &writer)
            return nil
        }
    }

    /// Does the work of a call and writes its reply.
    func finish(_ work: Route.Work, for id: RequestID?, writer: inout ResponseWriter) async {
        do throws(AuthError) {
            let answer = try await work()
            guard let id else { return }
            do {
                try answer(id, &writer)
            } catch {
                throw AuthError(.internalError, executed: true)
            }
        } catch {
            refuse(id, error, writer: &writer)
        }
    }

    /// Answers a call with an error; a notification with nothing.
    func refuse(_ id: RequestID?, _ error: AuthError, writer: inout ResponseWriter) {
        server.countError(error.code)
        let requestID = "\(server.instanceID.prefix(8))-\(calls.wrappingAdd(1, ordering: .relaxed).newValue)"
        if error.code == .internalError || error.code == .storageUnavailable {
            server.logger.error(
                "\(error.message)", metadata: ["request_id": "\(requestID)", "code": "\(error.code.rawValue)"])
        }
        guard let id else { return }
        writer.error(id: id, RPCErrorObject(error, requestID: requestID))
    }

    /// Answers what could not be read as a call.
    func refuse(_ invalid: InvalidRequest, writer: inout ResponseWriter) {
        writer.error(id: invalid.id, invalid.error)
    }
}

extension RPCErrorObject {
    /// What goes over the wire: -32603 and -32010 never carry inner text.
    init(_ error: AuthError, requestID: String) {
        let isInner = error.code == .internalError || error.code == .storageUnavailable
        self.init(
            code: error.code.number, message: isInner ? error.code.message : error.message,
            data: Details(
                code: error.code.rawValue, retryable: error.code.isRetryable, executed: error.executed,
                requestID: requestID, retryAfterMilliseconds: error.retryAfterMilliseconds,
                fields: error.fields.isEmpty ? nil : error.fields.map { JSONMismatch(path: $0.path, reason: $0.reason) }
            ))
    }
}
