/// Strings, booleans and numbers, with the reason where a value is none.
extension DecodingContext {
    func string(at node: Int) throws -> String {
        guard let string = value(at: node).string else { throw mismatch(expected: "a string", at: node) }
        return string
    }

    func bool(at node: Int) throws -> Bool {
        guard let bool = value(at: node).bool else { throw mismatch(expected: "a boolean", at: node) }
        return bool
    }

    func double(at node: Int) throws -> Double {
        guard nodes[node].kind == .number else { throw mismatch(expected: "a number", at: node) }
        guard let double = value(at: node).double else { throw mismatch("number out of range", at: node) }
        return double
    }

    func float(at node: Int) throws -> Float {
        let float = Float(try double(at: node))
        guard float.isFinite else { throw mismatch("number out of range", at: node) }
        return float
    }

    func integer<T: FixedWidthInteger>(at node: Int) throws -> T {
        guard nodes[node].kind == .number else { throw mismatch(expected: "an integer", at: node) }
        guard nodes[node].flag else {
            throw mismatch("expected an integer, found a number with a fraction or an exponent", at: node)
        }
        let value = value(at: node)
        if let integer = value.int, let result = T(exactly: integer) { return result }
        if !T.isSigned, let integer = value.uint64, let result = T(exactly: integer) { return result }
        throw mismatch("integer out of range", at: node)
    }

    func codingPath(of node: Int) -> [any CodingKey] {
        document.steps(from: root, to: node).map { step in
            switch step {
            case .name(let node): JSONName(value(at: node).string ?? "")
            case .position(let position): JSONName(position: position)
            }
        }
    }
}
