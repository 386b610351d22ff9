internal import JSONRPC
internal import StrictJSON

/// The request parser against the contract's rules, and the replies to what it read: one line of strict JSON each,
/// with the id as it was written.
enum RequestCheck {
    static func run(_ line: [UInt8]) throws(BrokenInvariant) {
        var parser = RequestParser()
        let outcome = line.withUnsafeBytes { parser.parse($0) }
        let found = ReferenceEnvelope.Outcome(outcome)
        let expected = ReferenceEnvelope.outcome(of: line)
        try require(found == expected, "\(shown(line)) is read as \(found), expected \(expected)")
        switch outcome {
        case .single(let item): try answer(item)
        case .batch(let items):
            for item in items { try answer(item) }
            try answer(items)
        case .error(let error): try answer(.invalid(InvalidRequest(id: nil, error: error)))
        case .ignored: break
        }
    }

    // MARK: Replies

    private static func answer(_ item: RequestItem) throws(BrokenInvariant) {
        var writer = ResponseWriter()
        guard write(item, to: &writer) else { return try require(writer.json.count == 0, "an answer to nothing") }
        let reply = writer.json.bytes
        let body = try strictLine(reply)
        var id = Array("null".utf8)
        switch item {
        case .request(let request):
            id = request.id?.bytes ?? id
            try again(request)
        case .invalid(let invalid): id = invalid.id?.bytes ?? id
        case .ignored: break
        }
        guard let members = body.members, members.count == 3, members[1].name.isString("id") else {
            throw BrokenInvariant(description: "a reply has other members: \(shown(reply))")
        }
        try require(Array(reply[members[1].value.range]) == id, "\(shown(id)) is echoed in \(shown(reply))")
        try readByClient(reply, id: id)
    }

    /// A batch is answered by one line with one element for each reply, or by nothing.
    private static func answer(_ items: [RequestItem]) throws(BrokenInvariant) {
        var writer = ResponseWriter()
        writer.beginBatch()
        var count = 0
        for item in items where write(item, to: &writer) { count += 1 }
        guard writer.endBatch() else {
            return try require(count == 0 && writer.json.count == 0, "a batch with replies is not answered")
        }
        guard case .array(let elements) = try strictLine(writer.json.bytes).content else {
            throw BrokenInvariant(description: "a batch is answered with \(shown(writer.json.bytes))")
        }
        try require(elements.count == count, "\(count) replies became \(elements.count)")
        var gathered = ResponseWriter()
        gathered.beginBatch()
        for item in items {
            var line = ResponseWriter()
            _ = write(item, to: &line)
            line.json.withBytes { gathered.element($0) }
        }
        gathered.endBatch()
        try require(gathered.json.bytes == writer.json.bytes, "replies written elsewhere make another batch")
    }

    /// Answers whether there was something to answer. The result repeats what the request holds.
    private static func write(_ item: RequestItem, to writer: inout ResponseWriter) -> Bool {
        switch item {
        case .request(let request):
            guard let id = request.id else { return false }
            writer.success(id: id) { json in
                json.beginObject()
                json.member("method", request.method.text)
                if let params = request.params {
                    json.name("params")
                    json.value(params)
                }
                json.member("meta", request.meta)
                json.endObject()
            }
            return true
        case .invalid(let invalid):
            let fault = invalid.error
            writer.error(
                id: invalid.id,
                RPCErrorObject(
                    code: 0, message: fault.message ?? "",
                    data: .init(code: "\(fault.kind)", executed: false, fields: fault.fields)))
            return true
        case .ignored:
            return false
        }
    }

    private static func strictLine(_ reply: [UInt8]) throws(BrokenInvariant) -> ReferenceValue {
        // Results may be nested as deeply as params, and are inside one object more.
        guard reply.last == 0x0a, !reply.dropLast().contains(0x0a),
            let value = ReferenceReader.read(reply.dropLast(), depthLimit: 34), value.flaws.isEmpty
        else { throw BrokenInvariant(description: "a reply is not one line of strict JSON: \(shown(reply))") }
        return value
    }

    // MARK: The client's half

    private static func readByClient(_ reply: [UInt8], id: [UInt8]) throws(BrokenInvariant) {
        let number = Int(String(decoding: id, as: UTF8.self))
        let isNull = id == Array("null".utf8)
        guard isNull || (number != nil && id != Array("-0".utf8)) else { return }
        var parser = ResponseParser(depthLimit: 34)
        switch reply.dropLast().withUnsafeBytes({ try? parser.parse($0) }) {
        case .result(let read, _)?: try require(read == number, "a client reads another id in \(shown(reply))")
        case .failure(let read, _)?: try require(read == number, "a client reads another id in \(shown(reply))")
        // A client sends no null, so a result for it is nothing to a client.
        case nil where isNull: break
        default: throw BrokenInvariant(description: "a client does not understand \(shown(reply))")
        }
    }

    /// A request that is written anew is read as the same request.
    private static func again(_ request: Request) throws(BrokenInvariant) {
        guard let tree = try? JSON(request.params ?? .emptyObject) else { return }
        var writer = RequestWriter()
        guard (try? writer.request(id: 7, method: request.method.text, params: tree, meta: request.meta)) != nil else {
            throw BrokenInvariant(description: "a request cannot be written: \(request)")
        }
        let line = writer.json.bytes
        var parser = RequestParser()
        guard line.last == 0x0a,
            case .single(.request(let copy)) = line.dropLast().withUnsafeBytes({ parser.parse($0) })
        else { throw BrokenInvariant(description: "written and not readable: \(shown(line))") }
        try require(
            copy.id == "7" && copy.method == request.method && copy.meta == request.meta
                && copy.params.flatMap { try? JSON($0) } == tree,
            "written and read as another request: \(shown(line))")
    }
}

extension ReferenceEnvelope.Outcome {
    fileprivate init(_ item: RequestItem) {
        switch item {
        case .request(let request): self = request.id.map { .call(id: $0.bytes) } ?? .notification
        case .invalid(let invalid): self = .error(invalid.error.kind, id: invalid.id?.bytes)
        case .ignored: self = .ignored
        }
    }

    fileprivate init(_ outcome: RequestParser.Outcome) {
        switch outcome {
        case .single(let item): self.init(item)
        case .batch(let items): self = .batch(items.map { ReferenceEnvelope.Outcome($0) })
        case .error(let error): self = .line(error.kind)
        case .ignored: self = .ignored
        }
    }
}
