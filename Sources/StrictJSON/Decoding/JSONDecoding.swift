/// Decodes a scanned value into any `Decodable` type, strictly.
///
/// A missing or mistyped member is an error, and so is a member that the type did not ask for. Integers come only from
/// integer lexemes in range. Where a type says what it expects (``Shape``), everything wrong with the members of the
/// value itself is reported at once, not just the first.
package enum JSONDecoding {
    /// What to do with members that the type does not know.
    package enum UnknownMembers: Sendable {
        case refused
        /// For replies, where a newer server may say more than an older client knows.
        case ignored
    }

    /// Decodes `value`.
    ///
    /// With `positions`, an array is read as if it were an object whose members are the elements in that order: fewer
    /// elements leave the last members out, more are an error.
    package static func decode<T: Decodable>(
        _ type: T.Type, from value: JSONValue, positions: [String]? = nil, unknownMembers: UnknownMembers = .refused
    ) throws(JSONMismatches) -> T {
        let context = DecodingContext(value, positions: positions)
        let first: JSONMismatch
        do {
            let result = try context.decode(type, at: value.index, depth: 0)
            let surplus = context.surplusPositions(of: value)
            let unknown = unknownMembers == .refused ? context.unknownMembers() : []
            if surplus.isEmpty && unknown.isEmpty { return result }
            throw JSONMismatches(surplus + unknown)
        } catch let all as JSONMismatches {
            throw all
        } catch let mismatch as JSONMismatch {
            first = mismatch
        } catch {
            first = context.mismatch(error, at: value.index)
        }
        var all = [first]
        if let shape = Shape.probe(type) {
            let found = context.mismatches(of: value, with: shape, unknownMembers: unknownMembers)
            all += found.filter { !Bytes.areEqual($0.path, first.path) }
        }
        throw JSONMismatches(all)
    }
}
