internal import StrictJSON

/// The members of a request object, found but not yet judged. Members of other names are ignored.
struct Envelope {
    private let value: JSONValue
    // Places on the tape, 0 where there is no such member: place 0 is the root's.
    private var version = 0
    private var method = 0
    private var id = 0
    /// The name of a second id.
    private var secondID = 0
    private var params = 0
    private var meta = 0
    private var isResponse = false

    /// Of a member that occurs twice, which is a defect, the first counts.
    init(_ value: JSONValue) {
        self.value = value
        let document = value.document
        var name = value.index + 1
        let end = value.kind == .object ? document.next(after: value.index) : name
        while name < end {
            let place = name + 1
            if document.isString(at: name, "jsonrpc") {
                if version == 0 { version = place }
            } else if document.isString(at: name, "id") {
                if id == 0 { id = place } else if secondID == 0 { secondID = name }
            } else if document.isString(at: name, "method") {
                if method == 0 { method = place }
            } else if document.isString(at: name, "params") {
                if params == 0 { params = place }
            } else if document.isString(at: name, "meta") {
                if meta == 0 { meta = place }
            } else if document.isString(at: name, "result") || document.isString(at: name, "error") {
                isResponse = true
            }
            name = document.next(after: place)
        }
    }

    /// Judges the members in the order in which a fault makes the rest meaningless.
    func item(limits: RequestParser.Limits) -> RequestItem {
        let document = value.document
        guard value.kind == .object else { return invalid(nil, "expected an object, found \(value.kind.noun)") }
        if isResponse && method == 0 { return .ignored }
        var lexeme: RequestID?
        if id != 0 {
            let id = document.value(at: id)
            switch id.kind {
            case .string, .number, .null: break
            case let kind: return invalid(nil, "id is \(kind.noun)")
            }
            guard id.rawCount <= limits.id else { return invalid(nil, "id longer than \(limits.id) bytes", .id) }
            lexeme = id.withRawBytes { RequestID($0) }
        }
        if !document.defects.isEmpty, let defect = envelopeDefect {
            return invalid(condemnsID(defect) ? nil : lexeme, defect.reason)
        }
        guard version != 0, document.isString(at: version, "2.0") else {
            return invalid(lexeme, "jsonrpc is not \"2.0\"")
        }
        guard method != 0, document.kind(at: method) == .string else {
            return invalid(lexeme, "method is missing or not a string")
        }
        let name = document.value(at: method).withUnescapedBytes { bytes in
            bytes.count <= limits.method ? ShortBytes(UnsafeRawBufferPointer(bytes)) : nil
        }
        guard let name else { return invalid(lexeme, "method name longer than \(limits.method) bytes", .method) }
        let given: JSONValue?
        switch params == 0 ? .null : document.kind(at: params) {
        case .null: given = nil
        case .array, .object: given = document.value(at: params)
        case let kind: return invalid(lexeme, "params is \(kind.noun)")
        }
        return request(id: lexeme, name, given)
    }

    /// The rest concerns params and meta: a notification that has them wrong is not answered.
    private func request(id: RequestID?, _ method: ShortBytes, _ params: JSONValue?) -> RequestItem {
        if let params, let defect = params.defect {
            return invalidParams(id, [JSONMismatch(params.path(to: defect), defect.reason)])
        }
        if meta == 0 { return .request(Request(id: id, method: method, params: params)) }
        do throws(JSONMismatches) {
            let meta = try RequestMeta(value.document.value(at: meta))
            return .request(Request(id: id, method: method, params: params, meta: meta))
        } catch {
            return invalidParams(id, error.all)
        }
    }

    /// The first defect of this object that is not in its params; one that makes the id doubtful before all others.
    private var envelopeDefect: JSONDefect? {
        let params = params == 0 ? nil : value.document.value(at: params)
        var first: JSONDefect?
        for defect in value.document.defects {
            guard value.contains(node: defect.node), !(params?.contains(node: defect.node) ?? false) else { continue }
            if condemnsID(defect) { return defect }
            first = first ?? defect
        }
        return first
    }

    /// Whether a defect makes it doubtful what the id is: a second id, or a flaw inside it.
    private func condemnsID(_ defect: JSONDefect) -> Bool {
        id != 0 && (defect.node == secondID || value.document.value(at: id).contains(node: defect.node))
    }

    private func invalid(
        _ id: RequestID?, _ reason: String, _ limit: RequestFault.Limit? = nil
    ) -> RequestItem {
        .invalid(InvalidRequest(id: id, error: .invalidRequest(reason, limit: limit)))
    }

    private func invalidParams(_ id: RequestID?, _ fields: [JSONMismatch]) -> RequestItem {
        id == nil ? .ignored : .invalid(InvalidRequest(id: id, error: .invalidParams(fields)))
    }
}
