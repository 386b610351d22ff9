/// How passwords are hashed.
package struct HashingSettings: Sendable {
    package enum Algorithm: String, CaseIterable, Sendable { case bcrypt, argon2id, argon2 }

    package let algorithm: Algorithm
    package let bcryptCost: Int
    package let argon2: (memoryKiB: Int, iterations: Int, parallelism: Int)
    /// Nil: one for each core.
    package let threads: Int?
    package let queue: Int

    init(reading value: SettingSource) {
        value.begin("Hashing")
        algorithm = value(.choice("AUTH_PASSWORD_ALGORITHM", "How new passwords are hashed.", default: .bcrypt))
        bcryptCost = Int(value(.integer("AUTH_BCRYPT_COST", "The logarithm of the rounds.", 4...15, default: 12)))
        argon2 = (
            Int(value(.integer("AUTH_ARGON2_MEMORY_KIB", "Memory per hash.", 8...1_048_576, default: 19_456))),
            Int(value(.integer("AUTH_ARGON2_ITERATIONS", "Passes over the memory.", 1...10, default: 2))),
            Int(value(.integer("AUTH_ARGON2_PARALLELISM", "Lanes of a hash (RFC 9106).", 1...16, default: 1)))
        )
        threads = value.coreCount("AUTH_HASHING_THREADS")
        queue = Int(
            value(
                .integer(
                    "AUTH_HASHING_QUEUE", "How many passwords may wait to be hashed.", 1...100_000, default: 256)))
    }
}
