internal import CArgon2
internal import Glibc
internal import MVPAuth

/// argon2id (RFC 9106) by the reference implementation, in PHC string format.
public struct Argon2id: Sendable {
    public let memoryKiB: Int
    public let iterations: Int
    public let parallelism: Int

    private static let saltBytes = 16
    private static let hashBytes = 32

    /// The defaults are OWASP's first choice; RFC 9106 §4 offers t=3, m=65536, p=4.
    public init(memoryKiB: Int = 19_456, iterations: Int = 2, parallelism: Int = 1) {
        precondition(Parameters.isAcceptable(memoryKiB, iterations, parallelism), "argon2 parameters out of bounds")
        self.memoryKiB = memoryKiB
        self.iterations = iterations
        self.parallelism = parallelism
    }

    /// A stored hash, taken apart.
    private struct Parameters {
        var variant = Argon2_id
        var version = ARGON2_VERSION_13
        var memoryKiB = 0
        var iterations = 0
        var parallelism = 0
        var salt: [UInt8] = []
        var hash: [UInt8] = []

        init() {}

        /// At most 1 GiB, 10 passes and 16 lanes, and no more than 4 GiB·passes of work.
        static func isAcceptable(_ memory: Int, _ iterations: Int, _ parallelism: Int) -> Bool {
            (1...16).contains(parallelism) && (1...10).contains(iterations)
                && (8 * parallelism...1_048_576).contains(memory) && memory * iterations <= 4 * 1_048_576
        }

        init?(_ stored: String) {
            let parts = stored.utf8.split(separator: UInt8(ascii: "$"), omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            guard parts.count == 6, parts[0] == "", let variant = Self.variants[parts[1]],
                let version = Self.versions[parts[2]]
            else { return nil }
            (self.variant, self.version) = (variant, version)
            let costs = parts[3].utf8.split(separator: UInt8(ascii: ",")).map { String(decoding: $0, as: UTF8.self) }
            guard costs.count == 3, let memory = Self.number(costs[0], "m="), let passes = Self.number(costs[1], "t="),
                let lanes = Self.number(costs[2], "p="), Self.isAcceptable(memory, passes, lanes),
                let salt = Base64.decode(parts[4].utf8, Base64.standard), (8...64).contains(salt.count),
                let hash = Base64.decode(parts[5].utf8, Base64.standard), (16...64).contains(hash.count)
            else { return nil }
            (memoryKiB, iterations, parallelism, self.salt, self.hash) = (memory, passes, lanes, salt, hash)
        }

        private static let variants = ["argon2id": Argon2_id, "argon2i": Argon2_i, "argon2d": Argon2_d]
        private static let versions = ["v=16": ARGON2_VERSION_10, "v=19": ARGON2_VERSION_13]

        /// Whether it is what new hashes are.
        var isCurrent: Bool { variant == Argon2_id && version == ARGON2_VERSION_13 }

        func compute(_ password: [UInt8]) -> [UInt8]? {
            var computed = [UInt8](repeating: 0, count: hash.count)
            let status = argon2_hash(
                UInt32(iterations), UInt32(memoryKiB), UInt32(parallelism), password, password.count, salt, salt.count,
                &computed, computed.count, nil, 0, variant, version.rawValue)
            return status == ARGON2_OK.rawValue ? computed : nil
        }

        private static func number(_ text: String, _ name: String) -> Int? {
            guard text.utf8.starts(with: name.utf8) else { return nil }
            let digits = text.utf8.dropFirst(name.utf8.count)
            guard (1...9).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            return Int(String(decoding: digits, as: UTF8.self))
        }
    }
}

extension Argon2id: PasswordAlgorithm {
    func hash(_ password: [UInt8]) -> String? {
        let salt = salt(Self.saltBytes)
        var parameters = Parameters()
        (parameters.memoryKiB, parameters.iterations, parameters.parallelism) = (memoryKiB, iterations, parallelism)
        (parameters.salt, parameters.hash) = (salt, [UInt8](repeating: 0, count: Self.hashBytes))
        return parameters.compute(password).map { text(salt, $0) }
    }

    /// The memory that a stored hash may take: a hash cannot be made to stop the service. Four times what is configured,
    /// or 256 MiB, so that what other software made by usual parameters is verified.
    private var mostMemoryKiB: Int { max(4 * memoryKiB, 262_144) }

    private func parameters(of stored: String) -> Parameters? {
        Parameters(stored).flatMap { $0.memoryKiB <= mostMemoryKiB ? $0 : nil }
    }

    func canVerify(_ stored: String) -> Bool { parameters(of: stored)?.isCurrent ?? false }

    func matches(_ password: [UInt8], _ stored: String) -> Bool {
        canVerify(stored) && matchesAnyVariant(password, stored)
    }

    /// The same for hashes of the other variants, argon2i and argon2d, and of the version before.
    func matchesAnyVariant(_ password: [UInt8], _ stored: String) -> Bool {
        guard let known = parameters(of: stored), let computed = known.compute(password) else { return false }
        return constantTimeEqual(computed, known.hash)
    }

    /// Why a hash of any variant is not computed; nil when it is.
    func refusal(of stored: String) -> HashRefusal? {
        if parameters(of: stored) != nil { return nil }
        return .outOfBounds("argon2 up to \(mostMemoryKiB) KiB, 10 passes and 16 lanes, salts from 8 bytes")
    }

    func hasCost(of stored: String) -> Bool {
        guard let known = Parameters(stored) else { return false }
        return (known.memoryKiB, known.iterations, known.parallelism) == (memoryKiB, iterations, parallelism)
    }

    func decoy(of form: PasswordForm) -> String? {
        let decoy = form.text + Self.decoySalt + "$" + Self.decoyHash
        return canVerify(decoy) ? decoy : nil
    }

    private static let decoySalt = Base64.encode([UInt8](repeating: 0x5A, count: saltBytes), Base64.standard)
    private static let decoyHash = Base64.encode([UInt8](repeating: 0xA5, count: hashBytes), Base64.standard)

    var decoy: String {
        text([UInt8](repeating: 0x5A, count: Self.saltBytes), [UInt8](repeating: 0xA5, count: Self.hashBytes))
    }

    private func text(_ salt: [UInt8], _ hash: [UInt8]) -> String {
        "$argon2id$v=19$m=\(memoryKiB),t=\(iterations),p=\(parallelism)$"
            + Base64.encode(salt, Base64.standard) + "$" + Base64.encode(hash, Base64.standard)
    }
}
