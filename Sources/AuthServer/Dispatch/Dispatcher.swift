internal import AuthAPI
internal import JSONRPC
internal import Logging
internal import MVPAuth
internal import StrictJSON
internal import Synchronization

/// Finds the handler of a call, checks what the caller may do, and turns what comes of it into a reply.
final class Dispatcher: Sendable {
    private struct Entry: Sendable {
        let index: Int
        let name: String
        let role: Role
        let cost: Cost
        let keepsReplies: Bool
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
                index: entries.count, name: spec.name, role: spec.role, cost: spec.cost,
                keepsReplies: method.keepsReplies, route: method.route)
        }
        self.entries = entries
        self.server = server
    }

    /// What remains to be done of a call, and what it takes.
    typealias Begun = (work: Route.Work, cost: Cost)

    /// Begins a call. An immediate one is answered at once; of the others the work is returned.
    func begin(
        _ request: Request, on connection: ConnectionState, with system: AuthSystem, writer: inout ResponseWriter
    ) -> Begun? {
        do throws(AuthError) {
            guard let entry = entries[request.method] else { throw AuthError(.methodNotFound) }
            guard !server.isDraining || entry.role == .any else { throw AuthError(.shuttingDown) }
            let grant = connection.grant
            if entry.role != .any { try admit(entry, request.method, grant) }
            server.countCall(entry.index)
            if request.meta.timeoutMilliseconds == 0 { throw AuthError(.deadlineExceeded) }
            let call = Call(
                system: system, server: server, connection: connection, grant: grant,
                idempotencyKey: request.meta.idempotencyKey.map { String(decoding: $0, as: UTF8.self) })
            let start = writer.json.count
            switch try entry.route.begin(request, call, &writer) {
            case .done:
                try checkLength(of: writer.json.count - start, connection) { writer.json.truncate(to: start) }
                return nil
            case .pending(let work):
                guard entry.keepsReplies, let key = request.meta.idempotencyKey else { return (work, entry.cost) }
                return (kept(work, of: request, under: key, grant, connection.peer), entry.cost)
            }
        } catch {
            refuse(request.id, error, trace: request.meta.traceparent, writer: &writer)
            return nil
        }
    }

    private func admit(_ entry: Entry, _ method: ShortBytes, _ grant: Grant) throws(AuthError) {
        guard grant.allows(entry.role) else {
            throw AuthError(.permissionDenied, "\(entry.name) needs the role \(entry.role.rawValue).")
        }
        guard grant.app.allows(method) else {
            throw AuthError(.permissionDenied, "\(entry.name) is not among the methods of \(grant.app.name).")
        }
        if let wait = grant.app.budget?.take() { throw AuthError(.rateLimited, retryAfterMilliseconds: wait) }
    }

    /// The work, done once for all calls with the same key and params.
    private func kept(
        _ work: @escaping Route.Work, of request: Request, under key: [UInt8], _ grant: Grant, _ peer: Peer
    ) -> Route.Work {
        let key = ReplayCache.Key(
            uid: peer.uid, app: grant.app.name, roles: grant.roles.rawValue, method: request.method, key: key)
        // Params may hold a password: what is kept of them, here and later, is their digest.
        let replays = server.replays
        let params = replays.digest(of: request.params?.rawBytes ?? [])
        return { () async throws(AuthError) in
            let outcome = try await replays.outcome(of: key, params: params) {
                do throws(AuthError) {
                    let answer = try await work()
                    var json = JSONWriter()
                    try answer(&json)
                    return .result(json.bytes)
                } catch {
                    return .failure(error)
                }
            }
            switch outcome {
            case .result(let bytes): return { json throws(AuthError) in bytes.withUnsafeBytes { json.raw($0) } }
            case .failure(let error): throw error
            }
        }
    }

    /// Does the work of a call and writes its reply.
    func finish(
        _ work: Route.Work, for id: RequestID?, trace: TraceParent? = nil, on connection: ConnectionState,
        writer: inout ResponseWriter
    ) async {
        do throws(AuthError) {
            let answer = try await work()
            guard let id else { return }
            let start = writer.json.count
            try writer.success(id: id, answer)
            try checkLength(of: writer.json.count - start, connection) { writer.json.truncate(to: start) }
        } catch {
            refuse(id, error, trace: trace, writer: &writer)
        }
    }

    private func checkLength(
        of reply: Int, _ connection: ConnectionState, _ takeBack: () -> Void
    ) throws(AuthError) {
        guard reply > connection.limits.replyBytes else { return }
        takeBack()
        throw replyTooLarge(connection, executed: true)
    }

    /// An answer that would be longer than a line may be.
    func replyTooLarge(_ connection: ConnectionState, executed: Bool) -> AuthError {
        server.countLimit(.replyBytes)
        return AuthError(
            .messageTooLarge, "A line that answers may have \(connection.limits.replyBytes) bytes at most.",
            executed: executed)
    }

    /// Answers a call with an error; a notification with nothing.
    ///
    /// - Parameter trace: the trace that the call belongs to, for the log.
    func refuse(_ id: RequestID?, _ error: AuthError, trace: TraceParent? = nil, writer: inout ResponseWriter) {
        server.countError(error.code)
        let requestID = "\(server.instanceID.prefix(8))-\(calls.wrappingAdd(1, ordering: .relaxed).newValue)"
        if error.code == .internalError || error.code == .storageUnavailable {
            var metadata: Logger.Metadata = ["request_id": "\(requestID)", "code": "\(error.code.rawValue)"]
            if let trace { metadata["trace_id"] = "\(trace.traceID)" }
            server.logger.error("\(error.message)", metadata: metadata)
        }
        guard let id else { return }
        writer.error(id: id, RPCErrorObject(error, requestID: requestID))
    }

    /// Answers what could not be read as a call.
    func refuse(_ id: RequestID?, _ fault: RequestFault, writer: inout ResponseWriter) {
        let error = AuthError(fault)
        server.countError(error.code)
        if let limit = fault.limit { server.countLimit(Limits.Name(limit)) }
        writer.error(id: id, RPCErrorObject(error, requestID: nil))
    }
}

extension Limits.Name {
    fileprivate init(_ limit: RequestFault.Limit) {
        self =
            switch limit {
            case .batch: .batchCalls
            case .nesting: .nesting
            case .method: .methodBytes
            case .id: .idBytes
            }
    }
}

extension AuthError {
    fileprivate init(_ fault: RequestFault) {
        let code: Code =
            switch fault.kind {
            case .syntax: .parseError
            case .envelope: .invalidRequest
            case .params: .invalidParams
            case .line: .messageTooLarge
            case .batch: .batchTooLarge
            }
        self.init(code, fault.message, fields: fault.fields)
    }
}

extension RPCErrorObject {
    /// What goes over the wire: -32603 and -32010 never carry inner text.
    init(_ error: AuthError, requestID: String?) {
        let isInner = error.code == .internalError || error.code == .storageUnavailable
        self.init(
            code: error.code.number, message: isInner ? error.code.message : error.message,
            data: Details(
                code: error.code.rawValue, retryable: error.code.isRetryable, executed: error.executed,
                requestID: requestID, retryAfterMilliseconds: error.retryAfterMilliseconds,
                fields: error.fields.isEmpty ? nil : error.fields))
    }
}
