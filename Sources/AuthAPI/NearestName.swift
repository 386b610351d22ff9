/// The known name that somebody may have meant, in letters of either case.
package enum NearestName {
    /// - Parameter limit: how many changes may lie between the two; nil takes whichever is nearest.
    package static func of(_ name: String, among known: [String], limit: Int? = nil) -> String? {
        let wanted = Array(name.uppercased().utf8.prefix(128))
        let nearest = known.map { (name: $0, distance: distance(wanted, Array($0.uppercased().utf8))) }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }
        guard let nearest, nearest.distance <= limit ?? .max else { return nil }
        return nearest.name
    }

    /// The fewest letters to change, with the words in their order or sorted: `AUTH_PASSWORD_MIN_LENGTH` is near to
    /// `AUTH_MIN_PASSWORD_LENGTH`.
    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        min(changes(one, other), changes(sorted(one), sorted(other)) + 1)
    }

    private static func sorted(_ name: [UInt8]) -> [UInt8] {
        let words = name.split(separator: UInt8(ascii: "_")).sorted { $0.lexicographicallyPrecedes($1) }
        return Array(words.joined(separator: [UInt8(ascii: "_")]))
    }

    /// How many letters are to be inserted, removed, replaced or exchanged with their neighbour.
    private static func changes(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var rows = [Array(0...other.count)]
        for i in 0..<one.count {
            var row = [i + 1]
            for j in 0..<other.count {
                var least = min(
                    rows[i][j] + (one[i] == other[j] ? 0 : 1), min(rows[i][j + 1] + 1, row[j] + 1))
                if i > 0, j > 0, one[i] == other[j - 1], one[i - 1] == other[j] {
                    least = min(least, rows[i - 1][j - 1] + 1)
                }
                row.append(least)
            }
            rows.append(row)
        }
        return rows[one.count][other.count]
    }
}
