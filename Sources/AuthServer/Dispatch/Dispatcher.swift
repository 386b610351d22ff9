internal import AuthAPI
internal import JSONRPC
internal import Logging
internal import MVPAuth
internal import StrictJSON
internal import Synchronization

/// Finds the handler of a call, checks what the caller may do, and turns what comes of it into a reply.
final class Dispatcher: Sendable {
    /// A reference, because every call looks at one.
    private final class Entry: Sendable {
        let index: Int
        let name: String
        let role: PeerRole
        let cost: Cost
        let keepsReplies: Bool
        let route: Route

        init(_ spec: MethodSpec, index: Int, route: Route) {
            self.index = index
            name = spec.name
            role = spec.role
            cost = spec.cost
            keepsReplies = spec.keepsReplies
            self.route = route
        }
    }

    private let entries: [ShortBytes: Entry]
    private let server: ServerState
    /// Numbers those calls that are more than an answer from memory.
    private let calls = Atomic<UInt64>(0)
    private let processName: String

    /// One handler for each method of the catalogue: a method without one does not compile.
    init<each Method: MethodHandler>(_ catalog: Catalog<repeat each Method>, server: ServerState) {
        var entries: [ShortBytes: Entry] = [:]
        for method in repeat (each Method).self {
            let spec = method.spec
            entries[ShortBytes(spec.name)] = Entry(spec, index: entries.count, route: method.route)
        }
        self.entries = entries
        self.server = server
        processName = String(server.instanceID.prefix(8))
    }

    /// Answers one item of a line: at once, if all that takes is in memory, or a refusal. Else gives what remains to be
    /// done.
    ///
    /// - Parameter limit: what keeps one more call from waiting for a hash.
    func answer(
        _ item: RequestItem, on connection: ConnectionState, with system: AuthSystem, writer: inout ResponseWriter,
        unless limit: () -> Limits.Name? = { nil }
    ) -> PendingAnswer? {
        switch item {
        case .ignored: return nil
        case .invalid(let invalid):
            refuse(invalid.id, invalid.error, on: connection, writer: &writer)
            return nil
        case .request(let request):
            let entry = entries[request.method]
            let start = server.calls.isSampled(by: connection.counter) ? server.time.uptime() : nil
            do throws(AuthError) {
                guard let entry else { throw AuthError(.methodNotFound) }
                let pending = try answer(request, entry, connection, system, &writer, unless: limit)
                guard pending == nil else { return pending }
                server.calls.countKnown(entry.index, by: connection.counter)
                if let start {
                    let time = server.time.uptime() &- start
                    server.calls.noteSample(of: entry.index, nanoseconds: time, by: connection.counter)
                }
            } catch {
                refuse(
                    request.id, error, of: entry?.index, on: connection, trace: request.meta.traceparent,
                    writer: &writer)
            }
            return nil
        }
    }

    private func answer(
        _ request: Request, _ entry: Entry, _ connection: ConnectionState, _ system: AuthSystem,
        _ writer: inout ResponseWriter, unless limit: () -> Limits.Name?
    ) throws(AuthError) -> PendingAnswer? {
        guard !server.isDraining || entry.role == .any else { throw AuthError(.shuttingDown) }
        let rights = connection.rights
        if entry.role != .any { try admit(entry, request.method, rights) }
        connection.usage.countCall()
        if request.meta.timeoutMilliseconds == 0 { throw AuthError(.deadlineExceeded) }
        // Before the params are read: what is refused costs next to nothing.
        if entry.cost == .hashing, let limit = limit() {
            server.countLimit(limit)
            throw AuthError(.overloaded, retryAfterMilliseconds: Self.retryMilliseconds)
        }
        let call = Call(
            system: system, server: server, connection: connection, rights: rights,
            idempotencyKey: request.meta.idempotencyKey.map { String(decoding: $0, as: UTF8.self) })
        let start = writer.json.count
        guard var work = try entry.route.answer(request, call, &writer) else {
            try checkLength(of: writer.json.count - start, connection) { writer.json.truncate(to: start) }
            return nil
        }
        if entry.keepsReplies, let key = request.meta.idempotencyKey {
            work = kept(work, of: request, under: key, rights, connection.peer)
        }
        return PendingAnswer(
            id: request.id, cost: entry.cost,
            timeoutMilliseconds: request.meta.timeoutMilliseconds, method: (entry.index, entry.name),
            trace: request.meta.traceparent,
            origin: RequestOrigin(app: rights.app.name, uid: Int64(connection.peer.uid), nextNumber()), work: work,
            dispatcher: self, connection: connection, arrival: server.time.uptime())
    }

    /// What a call is known by, in the log, the audit and errors.
    private func nextNumber() -> RequestOrigin.Number {
        RequestOrigin.Number(process: processName, call: calls.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    /// When to come again whom the limits have kept from waiting for a hash.
    private static let retryMilliseconds = 1000

    private func admit(_ entry: Entry, _ method: ShortBytes, _ rights: PeerRights) throws(AuthError) {
        guard rights.allows(entry.role) else {
            throw AuthError(.permissionDenied, "\(entry.name) needs the role \(entry.role.rawValue).")
        }
        guard rights.app.allows(method) else {
            throw AuthError(.permissionDenied, "\(entry.name) is not among the methods of \(rights.app.name).")
        }
        if let wait = rights.app.budget?.take() { throw AuthError(.rateLimited, retryAfterMilliseconds: wait) }
    }

    /// The work, done once for all calls with the same key and params.
    private func kept(
        _ work: @escaping Route.Work, of request: Request, under key: [UInt8], _ rights: PeerRights, _ peer: Peer
    ) -> Route.Work {
        let key = IdempotencyCache.Key(
            uid: peer.uid, app: rights.app.name, roles: rights.roles.rawValue, method: request.method, key: key)
        // Params may hold a password: what is kept of them, here and later, is their digest.
        let idempotency = server.idempotency
        let params = idempotency.digest(of: request.params?.rawBytes ?? [])
        return { origin async throws(AuthError) in
            let outcome = try await idempotency.outcome(of: key, params: params) {
                do throws(AuthError) {
                    let result = try await work(origin)
                    var json = JSONWriter()
                    defer { json.removeAll() }
                    try result(&json)
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

    /// Does what remains of a call and writes its reply.
    func finish(_ pending: PendingAnswer, writer: inout ResponseWriter) async {
        let start = server.time.uptime()
        var failure: AuthError?
        do throws(AuthError) {
            let result = try await pending.result()
            if let id = pending.id {
                let start = writer.json.count
                try writer.success(id: id, result)
                try checkLength(of: writer.json.count - start, pending.connection) { writer.json.truncate(to: start) }
            }
        } catch {
            failure = error
        }
        let end = server.time.uptime()
        if let failure { refuse(pending, failure, writer: &writer) }
        if failure == nil, pending.timing.answer() {
            server.calls.count(pending.method.index, nil, by: pending.connection.counter)
        }
        server.calls.note(pending.method.index, nanoseconds: end &- pending.arrival, by: pending.connection.counter)
        guard server.slowCallBounds.isSlow(pending.cost, nanoseconds: end &- pending.arrival) else { return }
        server.slowCalls.note(
            SlowCall(
                method: pending.method.name, origin: pending.origin, outcome: failure?.code, trace: pending.trace,
                nanoseconds: end &- pending.arrival,
                waited: (start &- pending.arrival) &+ pending.timing.waitedNanoseconds))
    }

    /// Answers a call with an error, in its own time or at its deadline. Counts the first of both.
    func refuse(_ pending: PendingAnswer, _ error: AuthError, writer: inout ResponseWriter) {
        refuse(
            pending.id, error, of: pending.method.index, isCounted: !pending.timing.answer(), on: pending.connection,
            origin: pending.origin, trace: pending.trace, writer: &writer)
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
    /// - Parameters:
    ///   - method: its place in the catalogue; nil where it has none.
    ///   - isCounted: whether the call has been counted already.
    ///   - origin: whose call it is; nil for one that has not been begun.
    ///   - trace: the trace that the call belongs to, for the log.
    func refuse(
        _ id: RequestID?, _ error: AuthError, of method: Int? = nil, isCounted: Bool = false,
        on connection: ConnectionState, origin: RequestOrigin? = nil, trace: TraceParent? = nil,
        writer: inout ResponseWriter
    ) {
        if !isCounted { server.calls.count(method, error.code, by: connection.counter) }
        let requestID = origin?.requestID ?? nextNumber().description
        if error.code == .internalError || error.code == .storageUnavailable {
            var metadata: Logger.Metadata = ["request_id": "\(requestID)", "code": "\(error.code.rawValue)"]
            if let trace { metadata["trace_id"] = "\(trace.traceID)" }
            server.logger.error("\(error.message)", metadata: metadata)
        }
        if let id { writer.error(id: id, RPCErrorObject(error, requestID: requestID)) }
    }

    /// Answers what could not be read as a call.
    func refuse(
        _ id: RequestID?, _ fault: RequestFault, on connection: ConnectionState, writer: inout ResponseWriter
    ) {
        let error = AuthError(fault)
        server.calls.count(nil, error.code, by: connection.counter)
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
                code: error.code.rawValue, retryable: error.isRetryable, executed: error.executed,
                requestID: requestID, retryAfterMilliseconds: error.retryAfterMilliseconds,
                proofs: error.proofs, fields: error.fields.isEmpty ? nil : error.fields))
    }
}
