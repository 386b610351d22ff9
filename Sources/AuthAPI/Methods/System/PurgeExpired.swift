package import StrictJSON

package struct PurgeExpired: RPCMethod {
    package init() {}

    package struct Reply: Codable, Sendable, JSONExplained {
        package let purged: Int

        package init(purged: Int) {
            self.purged = purged
        }

        package static let meanings: [String: MemberMeaning] = ["purged": "How many rows were removed."]
    }

    package static let spec = MethodSpec(
        "system.purge_expired", "Removes expired rows now.", role: .admin, cost: .store, isIdempotent: true)

    package static let example = (params: PurgeExpired(), reply: Reply(purged: 128))
}
