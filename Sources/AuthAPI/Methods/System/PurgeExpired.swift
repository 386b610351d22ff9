/// Removes expired rows now instead of by and by.
package struct PurgeExpired: RPCMethod {
    package init() {}

    package struct Reply: Codable, Sendable {
        package let purged: Int

        package init(purged: Int) {
            self.purged = purged
        }
    }

    package static let spec = MethodSpec(
        "system.purge_expired", "Removes expired rows now.", role: .admin, cost: .store, isIdempotent: true)

    package static let example = (params: PurgeExpired(), reply: Reply(purged: 128))
}
