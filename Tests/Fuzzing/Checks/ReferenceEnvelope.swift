import JSONRPC

/// The contract's rules about envelopes applied to the reference reader's values, to compare the request parser with.
enum ReferenceEnvelope {
    indirect enum Outcome: Equatable {
        case call(id: [UInt8])
        case notification
        case error(RequestFault.Kind, id: [UInt8]?)
        case ignored
        case batch([Outcome])
        /// The whole line is answered with one error, id null.
        case line(RequestFault.Kind)
    }

    static func outcome(of line: [UInt8]) -> Outcome {
        guard let value = ReferenceReader.read(line, depthLimit: 32) else { return .line(.syntax) }
        guard case .array(let elements) = value.content else { return outcome(of: value, line) }
        switch elements.count {
        case 0: return .line(.envelope)
        case 1...100: return .batch(elements.map { outcome(of: $0, line) })
        default: return .line(.batch)
        }
    }

    private static func outcome(of value: ReferenceValue, _ line: [UInt8]) -> Outcome {
        guard let members = value.members else { return .error(.envelope, id: nil) }
        func first(_ name: String) -> ReferenceValue? { members.first { $0.name.isString(name) }?.value }

        if first("method") == nil && (first("result") != nil || first("error") != nil) { return .ignored }
        var id: [UInt8]?
        if let given = first("id") {
            switch given.content {
            case .array, .object, .bool: return .error(.envelope, id: nil)
            case .string, .number, .null: id = Array(line[given.range])
            }
            let isDoubtful = members.filter { $0.name.isString("id") }.count > 1 || !given.flaws.isEmpty
            if given.range.count > 256 || isDoubtful { return .error(.envelope, id: nil) }
        }
        let params = first("params")
        let isFlawed = value.flaws.contains { flaw in !(params?.range.contains(flaw.range.lowerBound) ?? false) }
        guard !isFlawed, let version = first("jsonrpc"), version.isString("2.0"), let method = first("method")?.string,
            method.count <= 128
        else { return .error(.envelope, id: id) }
        switch params?.content {
        case .null, .array, .object, nil: break
        case .bool, .number, .string: return .error(.envelope, id: id)
        }
        guard params?.flaws.isEmpty ?? true, isMeta(first("meta"), line) else {
            return id == nil ? .ignored : .error(.params, id: id)
        }
        return id.map { .call(id: $0) } ?? .notification
    }

    private static func isMeta(_ meta: ReferenceValue?, _ line: [UInt8]) -> Bool {
        guard let meta else { return true }
        if case .null = meta.content { return true }
        return meta.members?.allSatisfy { name, value in
            if case .null = value.content { return true }
            if name.isString("timeout_ms") {
                guard case .number = value.content, let number = Int(String(decoding: line[value.range], as: UTF8.self))
                else { return false }
                return number >= 0 && line[value.range].first != 0x2d
            }
            if name.isString("idempotency_key") { return value.string.map { (1...256).contains($0.count) } ?? false }
            if name.isString("traceparent") { return value.string.map { $0.count <= 256 } ?? false }
            return true
        } ?? false
    }
}
