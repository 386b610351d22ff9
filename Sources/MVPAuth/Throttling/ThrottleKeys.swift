/// What accounts, networks and devices are known by where failures are counted: nothing there can be turned back into an
/// address without the service's key.
struct ThrottleKeys: Sendable {
    private let shared: any DerivedKey
    /// Of this process only.
    private let own: any DerivedKey

    init(_ signer: any TokenSigner, nonce: String) {
        shared = signer.derivedKey(for: "mvp-auth/throttle")
        own = signer.derivedKey(for: "mvp-auth/throttle/\(nonce)")
    }

    /// The account of an address, whether or not there is one.
    func account(_ address: String) -> String { row("account", address) }

    /// All failures of an account.
    func total(_ account: String) -> String { row("total", account) }

    func source(_ source: NetworkSource, at account: String) -> String {
        row("source", "\(account) \(source.isIPv6) \(source.network)")
    }

    func device(_ nonce: String) -> String { row("device", nonce) }

    func passwordChange(of user: UserID) -> String { row("change", user.description) }

    /// The budgets of a network at an app: its own, and for IPv6 that of the site around it, eight times as large.
    func budgets(
        _ purpose: String, of source: NetworkSource, app: String, burst: Int64, milliseconds: Int64
    ) -> [ThrottleMemory.Budget] {
        let single = BucketTable.Rate(burst: burst, milliseconds: milliseconds)
        let own: ThrottleMemory.Budget = (bucket("\(purpose) \(app) \(source.isIPv6) \(source.network)"), single)
        guard let site = source.site else { return [own] }
        let around = BucketTable.Rate(burst: burst * 8, milliseconds: max(1, milliseconds / 8))
        return [own, (bucket("\(purpose) \(app) site \(site)"), around)]
    }

    /// The budget of a device, wherever it is.
    func budget(of device: String, burst: Int64, milliseconds: Int64) -> ThrottleMemory.Budget {
        (bucket("device \(device)"), BucketTable.Rate(burst: burst, milliseconds: milliseconds))
    }

    func digest(of password: Secret, for account: String) -> UInt32 {
        own.code(of: Array("password \(account) \(password.reveal())".utf8)).prefix(4).reduce(0) {
            $0 << 8 | UInt32($1)
        }
    }

    /// The digits of a row's key as a number.
    static func number(_ key: String) -> UInt64 { UInt64(key, radix: 16) ?? 0 }

    private func row(_ kind: String, _ value: String) -> String {
        let number = Self.word(shared.code(of: Array("\(kind) \(value)".utf8))[0..<8])
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    private func bucket(_ value: String) -> BucketTable.Key {
        let bytes = own.code(of: Array("bucket \(value)".utf8))
        return BucketTable.Key(high: Self.word(bytes[0..<8]), low: Self.word(bytes[8..<16]))
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
