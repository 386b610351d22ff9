internal import ArgumentParser
internal import AuthCrypto
internal import MVPAuth
internal import StrictJSON

/// What concerns passwords as such.
struct PasswordsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passwords", abstract: "Finds out what hashing a password costs here.",
        subcommands: [CalibrateCommand.self])
}

/// Which settings make a hash take as long as is wished, on this machine.
struct CalibrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate", abstract: "Finds the costs for a wished time on this machine.",
        discussion: """
            The machine should be idle meanwhile. More is better until logins have to wait: a core hashes 1000 / time \
            passwords a second. The daemon is not needed.
            """)

    @Option(name: .customLong("time"), help: "Milliseconds that a hash should take.")
    var milliseconds = 250.0

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard milliseconds >= 10, milliseconds <= 5000 else { throw ValidationError("--time must be from 10 to 5000.") }
    }

    func run() async throws {
        let (cost, bcryptTime) = try await bcrypt()
        let (memory, argon2Time) = try await argon2id()
        let settings: JSON = [
            "AUTH_BCRYPT_COST": .int(cost), "AUTH_ARGON2_MEMORY_KIB": .int(memory),
            "AUTH_ARGON2_ITERATIONS": .int(Self.passes), "AUTH_ARGON2_PARALLELISM": 1,
        ]
        if output.json { return output.show(settings) }
        output.say(settings, "AUTH_BCRYPT_COST=\(cost)  # \(Int(bcryptTime)) ms")
        output.say(settings, "AUTH_ARGON2_MEMORY_KIB=\(memory)  # \(Int(argon2Time)) ms with the next two")
        output.say(settings, "AUTH_ARGON2_ITERATIONS=\(Self.passes)")
        output.say(settings, "AUTH_ARGON2_PARALLELISM=1")
    }

    private static let passes = 2
    /// OWASP's least memory for two passes.
    private static let leastMemory = 19_456
    private static let mostMemory = 1_048_576

    /// The highest cost that does not take longer: one more doubles the time.
    private func bcrypt() async throws -> (cost: Int, milliseconds: Double) {
        var best = (cost: 10, milliseconds: try await Self.time(HashingPool(Bcrypt(cost: 10), threads: 1)))
        while best.cost < 15, best.milliseconds * 2 <= milliseconds {
            let cost = best.cost + 1
            best = (cost, try await Self.time(HashingPool(Bcrypt(cost: cost), threads: 1)))
        }
        return best
    }

    /// Memory, which costs an attacker most, and never less than is recommended. Time grows with it, nearly in proportion.
    private func argon2id() async throws -> (memoryKiB: Int, milliseconds: Double) {
        var memory = Self.leastMemory
        var time = try await Self.time(memory)
        for _ in 0..<2 {
            let wished = Int(Double(memory) * milliseconds / max(time, 0.1)) / 1024 * 1024
            memory = min(max(wished, Self.leastMemory), Self.mostMemory)
            time = try await Self.time(memory)
        }
        return (memory, time)
    }

    private static func time(_ memoryKiB: Int) async throws -> Double {
        try await time(HashingPool(Argon2id(memoryKiB: memoryKiB, iterations: passes), threads: 1))
    }

    /// The least of a few: something else may run meanwhile. The first one waits until the pool has measured itself.
    private static func time(_ pool: HashingPool) async throws -> Double {
        let password = Secret("correct horse battery")
        _ = try await pool.hash(password, for: "")
        var least = Double.infinity
        for _ in 0..<3 {
            let start = SystemTime().uptime()
            _ = try await pool.hash(password, for: "")
            least = min(least, Double(SystemTime().uptime() - start) / 1e6)
        }
        return least
    }
}
