internal import AuthAPI
internal import RESTShim

/// `docs/limits.md`: what peers may take, from the declarations of the limits.
enum LimitsDocument {
    static var text: String {
        let socket = Limits.adjustable.map { limit in
            row(
                limit.name.wireName, Int64(Limits.standard[keyPath: limit.place]),
                Int64(limit.range.lowerBound)...Int64(limit.range.upperBound), limit.summary, limit.beyond)
        }
        let http = ShimConfiguration.Limits.adjustable.map { limit in
            row(limit.name, limit.value(ShimConfiguration.Limits()), limit.range, limit.summary, limit.beyond)
        }
        return """
            # Limits

            Generated from the programs' declarations by `make generate`.

            ## On the socket

            At most limits the daemon stops reading, and the kernel makes the peer wait. Each is a setting, `AUTH_LIMIT_` and
            its name in capitals; `system.hello` tells them, and `system.stats` counts how often each was met.

            \(Markdown.table(heads, socket))

            ## Over HTTP

            The shim bounds its clients by itself. Each is a setting, `MVP_AUTH_HTTP_LIMIT_` and its name in capitals.

            \(Markdown.table(heads, http))

            """
    }

    private static let heads = ["limit", "default", "can be", "of what", "beyond it"]

    private static func row(
        _ name: String, _ standard: Int64, _ range: ClosedRange<Int64>, _ summary: String, _ beyond: String
    ) -> [String] {
        let isSize = name.utf8.split(separator: UInt8(ascii: "_")).contains { $0.elementsEqual("bytes".utf8) }
        return [
            "`\(name)`", isSize ? size(standard) : "\(standard)",
            isSize
                ? "\(size(range.lowerBound)) to \(size(range.upperBound))"
                : "\(range.lowerBound) to \(range.upperBound)",
            summary, beyond,
        ]
    }

    /// In the largest unit that divides it.
    private static func size(_ bytes: Int64) -> String {
        if bytes % (1 << 30) == 0 { return "\(bytes >> 30) GiB" }
        if bytes % (1 << 20) == 0 { return "\(bytes >> 20) MiB" }
        return bytes % (1 << 10) == 0 ? "\(bytes >> 10) KiB" : "\(bytes)"
    }
}
