internal import AuthCrypto
internal import AuthServer
internal import AuthSettings
internal import Glibc
internal import Logging
internal import MVPAuth

extension DaemonSettings {
    func hashingPool(logger: Logger) -> HashingPool {
        let argon2id = Argon2id(
            memoryKiB: hashing.argon2.memoryKiB, iterations: hashing.argon2.iterations,
            parallelism: hashing.argon2.parallelism)
        let onUnusableHash = { @Sendable in
            logger.error("a stored password hash cannot be used: malformed, unsupported or too expensive")
        }
        return switch hashing.algorithm {
        case .bcrypt:
            HashingPool(
                Bcrypt(cost: hashing.bcryptCost), long: argon2id, threads: hashing.threads, capacity: hashing.queue,
                onUnusableHash: onUnusableHash)
        case .argon2, .argon2id:
            HashingPool(
                argon2id, threads: hashing.threads, capacity: hashing.queue, onUnusableHash: onUnusableHash)
        }
    }

    var emailLinks: EmailLinks {
        let apps = server.apps.compactMap { app in app.links.map { (app.name, $0) } }
        return EmailLinks(base: email.linkBase, apps: Dictionary(uniqueKeysWithValues: apps))
    }

    var slowCallBounds: SlowCallBounds {
        SlowCallBounds(
            ordinaryMilliseconds: server.slowCall.ordinary, hashingMilliseconds: server.slowCall.hashing)
    }

    func policy(isDevelopment: Bool) -> AuthPolicy {
        var policy = policy
        policy.sendsEmail = email.sink(isDevelopment: isDevelopment) != .none
        policy.limitsEmails = email.isLimited && !isDevelopment
        policy.throttle = throttle.policy(for: policy, isDevelopment: isDevelopment)
        return policy
    }

    var daemon: AuthDaemon.Configuration {
        var configuration = AuthDaemon.Configuration()
        configuration.eventLoops = server.eventLoops
        configuration.openFiles = server.openFiles
        return configuration
    }

    /// Who may do what.
    func access() throws(SettingsError) -> AccessPolicy {
        var entries: [AccessPolicy.Entry] = []
        for app in server.apps {
            let budget = app.callsPerSecond.map { RateBudget(perSecond: $0, burst: app.burst ?? $0) }
            entries.append(
                AccessPolicy.Entry(
                    App(
                        Caller(
                            app: app.name, audience: app.audience, assertsAddresses: app.assertsAddresses ?? true),
                        methods: app.methods, budget: budget,
                        hearsAll: app.hooks == .all),
                    uids: try app.uids(), gids: try app.gids(), roles: app.roles.map { PeerRoles($0) } ?? .client))
        }
        return AccessPolicy(daemon: geteuid(), entries: entries)
    }
}
