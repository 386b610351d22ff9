package import AuthAPI
internal import Glibc
package import MVPAuth

/// Everything that an operator can set on the daemon. This is the one list.
package struct DaemonSettings: Sendable {
    package enum PasswordAlgorithmName: String, CaseIterable, Sendable { case bcrypt, argon2id, argon2 }
    package enum EmailSinkName: String, CaseIterable, Sendable { case none, log, command }
    package enum CommonPasswordRule: String, CaseIterable, Sendable { case refuse, allow }
    package enum Profile: String, CaseIterable, Sendable { case standard = "default", nist }

    package var policy = AuthPolicy()
    package let secretKey: Secret?
    package let privateKeyFile: String?
    package let algorithm: String
    package let isStrict: Bool
    package let passwordAlgorithm: PasswordAlgorithmName
    package let bcryptCost: Int
    package let argon2: (memoryKiB: Int, iterations: Int, parallelism: Int)
    package let hashingThreads: Int?
    package let hashingQueue: Int
    package let databaseURL: String?
    package let postgres: (prepares: Bool, writers: Int, timeoutMilliseconds: Int)
    package let emailSink: EmailSinkName?
    package let emailCommand: [String]
    package let linkBase: String
    package let logLevel: String
    package let socketGroup: String?
    package let eventLoops: Int?
    package let openFiles: Int
    package let apps: [AppSettings]
    package private(set) var limits = Limits()
    /// Where the sockets go.
    package let runtimeDirectory: String
    /// Where the key and the database live.
    package let stateDirectory: String

    /// - Parameters:
    ///   - runtimeDir: what the command line says, as `stateDir`.
    /// What is wrong is noted in the source, and has its default here.
    package init(reading value: SettingSource, runtimeDir: String? = nil, stateDir: String? = nil) {
        runtimeDirectory = value(
            .directory(
                "MVP_AUTH_RUNTIME_DIR", flag: "runtime-dir", "Where the sockets go.",
                default: SocketPath.directory { $0 == "MVP_AUTH_RUNTIME_DIR" ? nil : value.variable($0) }), runtimeDir)
        stateDirectory = value(
            .directory(
                "MVP_AUTH_STATE_DIR", flag: "state-dir", "Where the key and the database live.",
                default: StateDirectory.standard { value.variable($0) }), stateDir)
        secretKey = value(.secret("AUTH_SECRET_KEY", "Signs tokens with HS256, HS384 or HS512."))
        privateKeyFile = value(.text("AUTH_PRIVATE_KEY_FILE", "A PEM private key for the other algorithms."))
        algorithm = value(Self.algorithm)
        isStrict = value(.flag("AUTH_STRICT", "Refuses weak keys instead of warning."))
        policy.accessTokenLifetime =
            60
            * (value(
                .integer(
                    "AUTH_ACCESS_TOKEN_EXPIRE_MINUTES", "How long access tokens live.", 1...1440, default: 15)))
        policy.refreshTokenLifetime =
            86_400
            * (value(
                .integer(
                    "AUTH_REFRESH_TOKEN_EXPIRE_DAYS", "How long refresh tokens live.", 1...3650, default: 30)))
        let refreshDays = policy.refreshTokenLifetime / 86_400
        policy.sessionIdleLifetime =
            86_400
            * (value(
                .integer(
                    "AUTH_SESSION_IDLE_DAYS",
                    "How long a session lives unused; as long as its refresh token, if not set.",
                    1...3650, default: refreshDays)))
        policy.sessionAbsoluteLifetime =
            86_400
            * (value(
                .integer(
                    "AUTH_SESSION_ABSOLUTE_DAYS", "How long a session lives at all.", 1...36_500,
                    default: max(365, refreshDays))))
        policy.verificationTokenLifetime =
            3600
            * (value(
                .integer(
                    "AUTH_VERIFICATION_TOKEN_EXPIRE_HOURS", "How long a verification link works.", 1...720, default: 24)
            ))
        policy.resetTokenLifetime =
            3600
            * (value(
                .integer(
                    "AUTH_RESET_TOKEN_EXPIRE_HOURS", "How long a reset link works.", 1...72, default: 1)))
        policy.requiresVerifiedEmail = value(
            .flag(
                "AUTH_REQUIRE_EMAIL_VERIFICATION", "Refuses logins until the address is verified."))
        policy.reuseEnds = value(
            .choice(
                "AUTH_REUSE_REVOKES", "Whose sessions end when a used refresh token comes back.", default: .user))
        policy.refreshLeeway = value(
            .integer(
                "AUTH_REFRESH_LEEWAY_SECONDS", "How long a used refresh token gets the same successor.", 0...60,
                default: 0))
        policy.maximumSessionsPerUser = Int(
            value(
                .integer(
                    "AUTH_MAX_SESSIONS_PER_USER", "How many sessions a user may have; the oldest ends.", 1...1000,
                    default: 100)))
        policy.issuer = value(.text("AUTH_ISSUER", "The iss claim, written and required."))
        policy.audience = value(.text("AUTH_AUDIENCE", "The aud claim, written and required."))
        let profile = value(
            .choice(
                "AUTH_PROFILE", "nist raises the minimum password length to 15.", default: Profile.standard))
        let length = Int(
            value(
                .integer(
                    "AUTH_MIN_PASSWORD_LENGTH", "In characters.", 1...64, default: profile == .nist ? 15 : 8)))
        policy.password = PasswordPolicy(minimumLength: profile == .nist ? max(15, length) : length)
        let common = value(
            .choice(
                "AUTH_COMMON_PASSWORDS", "What happens to a new password that is among the most common ones.",
                default: CommonPasswordRule.refuse))
        policy.password.refusesCommon = common == .refuse
        passwordAlgorithm = value(
            .choice(
                "AUTH_PASSWORD_ALGORITHM", "How new passwords are hashed.", default: .bcrypt))
        bcryptCost = Int(value(.integer("AUTH_BCRYPT_COST", "The logarithm of the rounds.", 4...15, default: 12)))
        argon2 = (
            Int(value(.integer("AUTH_ARGON2_MEMORY_KIB", "Memory per hash.", 8...1_048_576, default: 19_456))),
            Int(value(.integer("AUTH_ARGON2_ITERATIONS", "Passes over the memory.", 1...10, default: 2))),
            Int(value(.integer("AUTH_ARGON2_PARALLELISM", "Lanes.", 1...16, default: 1)))
        )
        let threads = value(.integer("AUTH_HASHING_THREADS", "0: one for each core.", 0...256, default: 0))
        hashingThreads = threads == 0 ? nil : Int(threads)
        hashingQueue = Int(
            value(
                .integer(
                    "AUTH_HASHING_QUEUE", "How many passwords may wait to be hashed.", 1...100_000, default: 256)))
        databaseURL = value(.address("AUTH_DATABASE_URL", "postgresql://…, sqlite:///path or memory:."))
        postgres = (
            value(
                .flag("AUTH_POSTGRES_PREPARE", "false behind a proxy that pools transactions.", default: true)),
            Int(value(.integer("AUTH_POSTGRES_WRITERS", "How many connections write.", 1...16, default: 2))),
            Int(
                value(
                    .integer(
                        "AUTH_POSTGRES_TIMEOUT_MS", "How long an operation may take.", 100...60_000, default: 5000)))
        )
        emailSink = value(Self.emailSink)
        emailCommand =
            value(.text("AUTH_EMAIL_COMMAND", "Program and arguments, separated by spaces."))?
            .split(separator: " ").map(String.init) ?? []
        linkBase = value(Self.linkBase)
        logLevel = value(Self.logLevel)
        socketGroup = value(.text("MVP_AUTH_SOCKET_GROUP", "The group of the application socket."))
        let loops = value(.integer("AUTH_EVENT_LOOPS", "0: one for each core.", 0...256, default: 0))
        eventLoops = loops == 0 ? nil : Int(loops)
        openFiles = Int(
            value(
                .integer(
                    "AUTH_OPEN_FILES", "Raises the limit of open files, as far as allowed.", 64...1_048_576,
                    default: 65_536)))
        apps =
            value(
                Setting<[AppSettings]?>(
                    "AUTH_APPS_FILE", "The apps of this host as JSON: who they are and what they may do.",
                    allowed: "the path of a file", default: nil
                ) { .some(try AppSettings.load($0)) }) ?? []
        for limit in Limits.adjustable {
            limits[keyPath: limit.place] = Int(
                value(
                    .integer(
                        "AUTH_LIMIT_\(limit.name.wireName.uppercased())", limit.summary,
                        Int64(limit.range.lowerBound)...Int64(limit.range.upperBound),
                        default: Int64(limits[keyPath: limit.place]))))
        }
        if emailSink == .command, emailCommand.isEmpty {
            value.note(["AUTH_EMAIL_SINK is \"command\", so AUTH_EMAIL_COMMAND must name a program."])
        }
        value.clarify("AUTH_MIN_PASSWORD_LENGTH", "\(policy.password.minimumLength)")
        value.clarify("AUTH_HASHING_THREADS", "\(hashingThreads ?? Self.cores)")
        value.clarify("AUTH_EVENT_LOOPS", "\(eventLoops ?? Self.cores)")
        if databaseURL == nil { value.clarify("AUTH_DATABASE_URL", "sqlite://\(stateDirectory)/auth.db") }
    }

    /// - Throws: everything that is wrong.
    package init(
        from value: SettingSource, runtimeDir: String? = nil, stateDir: String? = nil
    ) throws(SettingsError) {
        self.init(reading: value, runtimeDir: runtimeDir, stateDir: stateDir)
        try value.finish()
    }

    private static var cores: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// The names of all settings, and of the files that may hold secrets.
    package static let names: [String] = {
        let source = SettingSource(environment: [:], configFile: nil)
        _ = DaemonSettings(reading: source)
        return source.names
    }()

    private static let algorithm = Setting<String>(
        "AUTH_ALGORITHM", "How tokens are signed.",
        allowed: "one of HS256, HS384, HS512, RS256, RS384, RS512, PS256, ES256, ES384, EdDSA", default: "HS256"
    ) { text in
        ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
            .first { $0.utf8.elementsEqual(text.utf8) }
    }

    private static let emailSink = Setting<EmailSinkName?>(
        "AUTH_EMAIL_SINK", "Where emails go: the terminal, a program, or nowhere.",
        allowed: "one of none, log, command", default: nil
    ) { text in EmailSinkName(rawValue: text).map { .some($0) } }

    private static let linkBase = Setting<String>(
        "AUTH_LINK_BASE_URL", "What links in development messages begin with.", allowed: "an http or https URL",
        default: "http://127.0.0.1:8080"
    ) { text in text.utf8.starts(with: "http://".utf8) || text.utf8.starts(with: "https://".utf8) ? text : nil }

    private static let logLevel = Setting<String>(
        "AUTH_LOG_LEVEL", "How much is logged.",
        allowed: "one of trace, debug, info, notice, warning, error, critical", default: "info"
    ) { text in
        ["trace", "debug", "info", "notice", "warning", "error", "critical"].first { $0.utf8.elementsEqual(text.utf8) }
    }
}
