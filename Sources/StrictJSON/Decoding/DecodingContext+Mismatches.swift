/// Saying what is wrong.
extension DecodingContext {
    func mismatch(_ reason: String, at node: Int) -> JSONMismatch {
        JSONMismatch(path(of: node), reason)
    }

    func mismatch(expected: String, at node: Int) -> JSONMismatch {
        mismatch("expected \(expected), found \(nodes[node].kind.noun)", at: node)
    }

    func missing(_ name: String, in object: Int) -> JSONMismatch {
        let path = path(of: object)
        return JSONMismatch(path.isEmpty ? name : "\(path).\(name)", "missing")
    }

    /// An error of somebody else's, as a mismatch of the value that it was thrown for.
    func mismatch(_ error: any Error, at node: Int) -> JSONMismatch {
        switch error {
        case let error as any JSONMismatchExplaining: mismatch(error.mismatchReason, at: node)
        case let error as JSONMismatches: error.all.first ?? mismatch("invalid value", at: node)
        default: mismatch("invalid value", at: node)
        }
    }

    /// Elements of positional params that stand for nothing.
    func surplusPositions(of value: JSONValue) -> [JSONMismatch] {
        guard let positions, value.kind == .array, value.count > positions.count else { return [] }
        return (positions.count..<value.count).prefix(JSONMismatches.limit).map {
            JSONMismatch("[\($0)]", "surplus position")
        }
    }

    /// Members that nobody asked for, at any depth.
    func unknownMembers() -> [JSONMismatch] {
        var found: [JSONMismatch] = []
        findUnknownMembers(below: root, &found)
        return found
    }

    /// Recursive, as deep as the scanner's limit allows.
    private func findUnknownMembers(below node: Int, _ found: inout [JSONMismatch]) {
        let count = nodes[node].count
        if count == 0 || isTakenWhole(node) || found.count >= JSONMismatches.limit { return }
        var child = node + 1
        if nodes[node].kind == .array {
            for _ in 0..<count {
                findUnknownMembers(below: child, &found)
                child = Int(nodes[child].next)
            }
            return
        }
        for _ in 0..<count {
            if !isSeen(child) {
                if found.count < JSONMismatches.limit { found.append(mismatch("unknown member", at: child + 1)) }
            } else if nodes[child + 1].count > 0 {
                findUnknownMembers(below: child + 1, &found)
            }
            child = Int(nodes[child + 1].next)
        }
    }

    /// Everything wrong with the members of `value` itself: missing, of another kind, unknown.
    func mismatches(
        of value: JSONValue, with shape: JSONShape, unknownMembers: JSONDecoding.UnknownMembers
    ) -> [JSONMismatch] {
        guard case .object(let fields) = shape.kind else { return surplusPositions(of: value) }
        guard value.kind == .object || (value.kind == .array && positions != nil) else { return [] }
        var found: [JSONMismatch] = []
        for field in fields {
            guard let node = find(field.name, in: value.index, depth: 0) else {
                if field.isRequired { found.append(missing(field.name, in: value.index)) }
                continue
            }
            let kind = nodes[node].kind
            if kind == .null && (field.shape.isNullable || !field.isRequired) { continue }
            if let expected = field.shape.kind.noun(unless: kind) {
                found.append(mismatch(expected: expected, at: node))
            }
        }
        if unknownMembers == .refused {
            for member in value.members where !isSeen(member.name.index) {
                found.append(mismatch("unknown member", at: member.value.index))
                if found.count > JSONMismatches.limit { break }
            }
        }
        return found + surplusPositions(of: value)
    }
}
