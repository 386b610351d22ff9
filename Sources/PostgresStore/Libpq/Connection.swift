internal import CPostgres
internal import Glibc
internal import MVPAuth

/// One connection in pipeline mode, used by one thread at a time.
///
/// A group of calls is sent with one sync: an implicit transaction, committed or undone as a whole. Several groups may
/// go in one exchange; nothing waits for an answer before everything has been sent.
final class Connection {
    private let link: OpaquePointer
    private let prepares: Bool
    private let lastWords: LastWords
    /// What the server calls the statements that it has prepared, by their names among ours.
    private var prepared: [String: String] = [:]
    private var namesGiven = 0
    /// The statements for each kind of record.
    private var records: [ObjectIdentifier: RecordStatements] = [:]

    /// Connects, trying the hosts of the configuration in turn. The purpose is shown in `pg_stat_activity`.
    init(_ options: PostgresOptions, for purpose: String, deadline: UInt64) throws(ConnectionFailure) {
        prepares = options.preparesStatements
        link = try Self.open(options, for: purpose, until: deadline)
        lastWords = LastWords(on: link)
    }

    deinit { PQfinish(link) }

    /// What a group came to: the rows of each call, or why the group was undone.
    typealias Outcome = Result<[Rows], ServerError>

    /// What an exchange came to: an outcome for each group, or for the first ones and why there are no more.
    struct Exchange {
        var outcomes: [Outcome] = []
        var failure: ConnectionFailure?
        /// How many of the groups after those, in their order, may have been committed for all that is known.
        var unknown = 0
    }

    /// Sends the groups and waits for their outcomes until the deadline, in nanoseconds of the monotonic clock.
    ///
    /// - Parameter waiter: waits meanwhile; nil: the thread does.
    func attempt(
        _ groups: [[BoundStatement]], deadline: UInt64, by waiter: (any DescriptorWaiter)?
    ) async -> Exchange {
        guard let waiter else { return attempt(groups, deadline: deadline) }
        var steps = ExchangeSteps(groups, on: self)
        while let events = steps.next() {
            let isWriting = events & POLLOUT != 0
            let isInTime = await waiter.wait(for: PQsocket(link), orWriting: isWriting, until: deadline)
            steps.waited(isInTime: isInTime ?? isReady(for: events, until: deadline))
        }
        return steps.exchange
    }

    private func attempt(_ groups: [[BoundStatement]], deadline: UInt64) -> Exchange {
        var steps = ExchangeSteps(groups, on: self)
        while let events = steps.next() { steps.waited(isInTime: isReady(for: events, until: deadline)) }
        return steps.exchange
    }

    /// The same where only everything will do. Throws when the connection has broken: then it is not known what has been
    /// done.
    func exchange(_ groups: [[BoundStatement]], deadline: UInt64) throws(ConnectionFailure) -> [Outcome] {
        let exchange = attempt(groups, deadline: deadline)
        if let failure = exchange.failure { throw failure }
        return exchange.outcomes
    }

    /// Runs text without parameters, several statements too, in a simple exchange of its own.
    func execute(_ sql: String, deadline: UInt64) throws {
        guard PQexitPipelineMode(link) == 1 else { throw failure }
        try check(PQsendQuery(link, sql))
        try flush(until: deadline)
        var error: ServerError?
        while let result = try next(deadline) {
            if PQresultStatus(result) == PGRES_FATAL_ERROR {
                let said = try serverError(result)
                error = error ?? said
            } else {
                PQclear(result)
            }
        }
        guard PQenterPipelineMode(link) == 1 else { throw failure }
        if let error { throw error }
    }

    /// Whether the server has closed the connection since it was last used, or said that it will. What it says unasked
    /// is read on the way.
    var isStale: Bool {
        var descriptor = pollfd(fd: PQsocket(link), events: Int16(POLLIN), revents: 0)
        while poll(&descriptor, 1, 0) > 0 {
            guard PQconsumeInput(link) == 1 else { return true }
            // What has been read is looked at only when somebody asks.
            _ = PQisBusy(link)
        }
        return lastWords.areSaid || PQstatus(link) != CONNECTION_OK
    }

    var serverVersion: Int { Int(PQserverVersion(link)) }

    /// The host that was chosen.
    var host: String { PQhost(link).map { String(cString: $0) } ?? "" }

    func parameter(_ name: String) -> String? {
        PQparameterStatus(link, name).map { String(cString: $0) }
    }

    /// Waits until something arrives or the time has come. Gives the notifications that are there.
    func notifications(until deadline: UInt64) throws(ConnectionFailure) -> [String] {
        var texts = takeNotifications()
        if texts.isEmpty {
            _ = try wait(for: POLLIN, until: deadline)
            guard PQconsumeInput(link) == 1 else { throw failure }
            texts = takeNotifications()
        }
        return texts
    }

    /// The notifications that have been read already.
    func takeNotifications() -> [String] {
        var texts: [String] = []
        while let notification = PQnotifies(link) {
            texts.append(String(cString: notification.pointee.extra))
            PQfreemem(notification)
        }
        return texts
    }

    func statements<R: Record>(for type: R.Type) -> RecordStatements {
        let key = ObjectIdentifier(type)
        if let known = records[key] { return known }
        let new = RecordStatements(for: type)
        records[key] = new
        return new
    }

    // MARK: Sending

    /// Begins to prepare those of the statements that have not been. Their names.
    func sendPreparations(for groups: [[BoundStatement]]) throws(ConnectionFailure) -> [String] {
        guard prepares else { return [] }
        var new: [String] = []
        for group in groups {
            for call in group where prepared[call.name] == nil {
                // Short: the server distinguishes names by 63 bytes.
                let name = "s\(namesGiven)"
                namesGiven += 1
                prepared[call.name] = name
                try check(PQsendPrepare(link, name, call.sql, 0, nil))
                new.append(call.name)
            }
        }
        if !new.isEmpty { try check(PQpipelineSync(link)) }
        return new
    }

    /// One that does not parse says so again where it is used.
    func judge(preparationOf names: [String], _ answers: Answers) throws(ConnectionFailure) {
        var exchange = Exchange()
        try answers.judge(names.count, into: &exchange)
        if case .failure = exchange.outcomes.first { for name in names { prepared[name] = nil } }
    }

    /// Sends a group and its sync.
    func send(_ group: [BoundStatement]) throws(ConnectionFailure) {
        for call in group { try send(call) }
        try check(PQpipelineSync(link))
    }

    private func send(_ call: BoundStatement) throws(ConnectionFailure) {
        let values = call.parameters
        let count = values.places.count
        let status = values.bytes.withUnsafeBufferPointer { bytes in
            withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { pointers in
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * count) { numbers in
                    let (lengths, formats) = (numbers.baseAddress, numbers.baseAddress.map { $0 + count })
                    for (index, place) in values.places.enumerated() {
                        // An empty text is not NULL: any address will do.
                        let start = bytes.baseAddress.map { UnsafeRawPointer($0 + place.start) }
                        let address = (start ?? UnsafeRawPointer(bitPattern: 8))?.assumingMemoryBound(to: CChar.self)
                        pointers[index] = place.length < 0 ? nil : address
                        lengths?[index] = Int32(max(0, place.length))
                        formats?[index] = 1
                    }
                    return if let name = prepared[call.name] {
                        PQsendQueryPrepared(link, name, Int32(count), pointers.baseAddress, lengths, formats, 1)
                    } else {
                        PQsendQueryParams(
                            link, call.sql, Int32(count), nil, pointers.baseAddress, lengths, formats, 1)
                    }
                }
            }
        }
        try check(status)
    }

    private func check(_ status: Int32) throws(ConnectionFailure) {
        guard status == 1 else { throw failure }
    }

    /// False: the server has not taken everything yet.
    func flush() throws(ConnectionFailure) -> Bool {
        switch PQflush(link) {
        case 0: return true
        case 1: return false
        default: throw failure
        }
    }

    private func flush(until deadline: UInt64) throws(ConnectionFailure) {
        while try !flush() {
            guard try wait(for: POLLIN | POLLOUT, until: deadline) else { throw .timeout }
            guard consume() else { throw failure }
        }
    }

    // MARK: Receiving

    /// Reads what has arrived. False when the connection has broken.
    func consume() -> Bool { PQconsumeInput(link) == 1 }

    /// What libpq says is wrong.
    var failure: ConnectionFailure { ConnectionFailure(link) }

    /// Takes the answers that have arrived. False: there are more to come.
    func collect(_ answers: Answers) -> Bool {
        while !answers.isComplete {
            guard PQisBusy(link) == 0 else { return false }
            let result = PQgetResult(link)
            if let result, PQresultStatus(result) == PGRES_FATAL_ERROR, ServerError(result).state.isEmpty {
                // It is libpq that speaks, of the connection.
                PQclear(result)
                answers.failure = failure
            } else if result == nil, PQstatus(link) != CONNECTION_OK {
                // The last words of a server that goes are read before its going.
                answers.failure = failure
            } else {
                answers.append(result)
            }
        }
        return true
    }

    /// What the server said. Throws when it was libpq that speaks: of the connection.
    private func serverError(_ result: OpaquePointer) throws(ConnectionFailure) -> ServerError {
        defer { PQclear(result) }
        let error = ServerError(result)
        guard !error.state.isEmpty else { throw failure }
        return error
    }

    private func next(_ deadline: UInt64) throws(ConnectionFailure) -> OpaquePointer? {
        while PQisBusy(link) == 1 {
            guard try wait(for: POLLIN, until: deadline) else { throw .timeout }
            guard consume() else { throw failure }
        }
        let result = PQgetResult(link)
        if result == nil, PQstatus(link) != CONNECTION_OK { throw failure }
        return result
    }

    /// False when the deadline came first. What else is wrong shows when the connection is read.
    private func isReady(for events: Int32, until deadline: UInt64) -> Bool {
        (try? wait(for: events, until: deadline)) ?? true
    }

    private func wait(for events: Int32, until deadline: UInt64) throws(ConnectionFailure) -> Bool {
        try Self.wait(on: link, for: events, until: deadline)
    }

    /// False when the deadline came first.
    static func wait(
        on link: OpaquePointer, for events: Int32, until deadline: UInt64
    ) throws(ConnectionFailure) -> Bool {
        while true {
            let now = SystemTime().uptime()
            let left = deadline > now ? (deadline - now + 999_999) / 1_000_000 : 0
            var descriptor = pollfd(fd: PQsocket(link), events: Int16(events), revents: 0)
            let count = Glibc.poll(&descriptor, 1, Int32(clamping: left))
            if count > 0 { return true }
            if count == 0 { return false }
            guard errno == EINTR else { throw ConnectionFailure(link) }
        }
    }
}

extension ServerError {
    init(_ result: OpaquePointer) {
        func field(_ code: Character) -> String {
            PQresultErrorField(result, Int32(code.asciiValue ?? 0)).map { String(cString: $0) } ?? ""
        }
        self.init(
            state: field("C"), message: field("M"),
            isFatal: ["FATAL", "PANIC"].contains { field("V").utf8.elementsEqual($0.utf8) })
    }
}
