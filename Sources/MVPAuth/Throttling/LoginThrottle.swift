/// Decides before a password is looked at whether it may be, and counts what came of it.
///
/// Strangers to an account share one count of failures, however many networks they come from; a device that has signed in,
/// and a network where the account has a session, have counts of their own. So nobody keeps an owner out by failing. An
/// address without an account is counted and refused like any other.
struct LoginThrottle: Sendable {
    let memory: ThrottleMemory
    let keys: ThrottleKeys
    let devices: DeviceTokens
    let policy: ThrottlePolicy
    let store: ObservedStore
    let emails: EmailPolicy
    let time: any TimeSource

    init(
        memory: ThrottleMemory, signer: any TokenSigner, policy: AuthPolicy, store: ObservedStore, emails: EmailPolicy,
        time: any TimeSource, entropy: any Entropy
    ) {
        self.memory = memory
        self.policy = policy.throttle
        self.store = store
        self.emails = emails
        self.time = time
        keys = ThrottleKeys(signer, nonce: memory.nonce)
        devices = DeviceTokens(signer, policy: policy, time: time, entropy: entropy)
    }

    /// How often others may lose the race for the next attempt before one is told to come again.
    private static let rounds = 16

    /// Lets an attempt at an address through, counted or under way, or throws `RATE_LIMITED`.
    func admit(
        _ text: String, from address: String?, deviceToken: Secret?, for caller: Caller
    ) async throws(AuthError) -> LoginAttempt {
        let canonical = emails.canonicalIfValid(text)
        let spelling = EmailPolicy.trimmed(text)
        let account = keys.account(canonical?.address ?? spelling)
        guard policy.isEnabled else {
            let subject = try await store.subject(spelled: spelling, canonical: canonical, keys: [])
            return LoginAttempt(account: account, app: caller.name, subject: subject)
        }
        let source = caller.assertsAddresses ? address.flatMap { NetworkSource($0) } : nil
        var visitor = Visitor(
            spelling: spelling, canonical: canonical, account: account, source: source, caller: caller)
        if let device = devices.device(of: deviceToken, account: account, caller) {
            // Not the network's budget: whoever shares that with strangers is not kept out by them.
            visitor.budgets = [
                keys.budget(of: device.nonce, burst: policy.sourceBurst, milliseconds: policy.sourceSeconds * 1000)
            ]
            try take(visitor)
            if let attempt = try await admit(visitor, as: device) { return attempt }
        }
        visitor.budgets = source.map { attempts(of: $0, caller) } ?? []
        try take(visitor)
        guard let attempt = try await admit(visitor, as: nil) else { throw AuthError(.internalError) }
        return attempt
    }

    private func take(_ visitor: Visitor) throws(AuthError) {
        guard let wait = memory.take(visitor.budgets, at: time.uptime()) else { return }
        throw refusal(.source, visitor.account, visitor.caller, after: wait, proofs: [])
    }

    /// Who wants to sign in, and from where.
    private struct Visitor {
        let spelling: String
        let canonical: Email?
        let account: String
        let source: NetworkSource?
        let caller: Caller
        var budgets: [ThrottleMemory.Budget] = []
    }

    /// Nil: the device has no say at this account.
    private func admit(
        _ visitor: Visitor, as device: DeviceTokens.Device?
    ) async throws(AuthError) -> LoginAttempt? {
        let start = time.uptime()
        let place = device.map { keys.device($0.nonce) } ?? visitor.account
        await memory.gate.enter(place, places: Int(max(1, policy.coldFailures)))
        do throws(AuthError) {
            if Task.isCancelled { throw AuthError(.cancelled) }
            var attempt = try await decide(visitor, as: device, place)
            // What is counted already needs no place.
            if attempt?.isCounted != false { memory.gate.leave(place) } else { attempt?.place = place }
            return attempt
        } catch {
            memory.gate.leave(place)
            // No hash has hidden what was read: where there is an account, that and its sessions.
            if error.code == .rateLimited { await AnswerGrid.wait(since: start, time) }
            throw error
        }
    }

    private func decide(
        _ visitor: Visitor, as device: DeviceTokens.Device?, _ place: String
    ) async throws(AuthError) -> LoginAttempt? {
        let account = visitor.account
        let sourceKey = visitor.source.map { keys.source($0, at: account) }
        let totalKey = policy.total.map { _ in keys.total(account) }
        let wanted = [account, sourceKey, device == nil ? nil : place, totalKey].compactMap(\.self)
        for _ in 0..<Self.rounds {
            let subject = try await store.subject(
                spelled: visitor.spelling, canonical: visitor.canonical, keys: wanted)
            let now = time.now()
            let isUser = subject.user != nil
            if let total = policy.total, total.standing(of: subject.throttle(totalKey), at: now) == .ended {
                throw refusal(
                    .disabled, account, visitor.caller, of: subject.user, after: policy.longestDelay * 1000,
                    proofs: [.passwordReset])
            }
            var counter = Counter(
                ladder: policy.strangers, layer: .account,
                identity: Throttle.Identity(key: account, kind: .account, belongsToUser: isUser))
            if let device {
                counter = Counter(
                    ladder: policy.devices, layer: .device,
                    identity: Throttle.Identity(key: place, kind: .device, belongsToUser: true))
                guard device.belongs(to: subject.user),
                    counter.ladder.standing(of: subject.throttle(place), at: now) != .ended
                else { return nil }
            } else if !isCold(subject, counter, totalKey, at: now), let sourceKey,
                policy.knownSources.standing(of: subject.throttle(sourceKey), at: now) == .open,
                try await isKnown(visitor.source, of: subject.user, at: now)
            {
                counter = Counter(
                    ladder: policy.knownSources, layer: .account,
                    identity: Throttle.Identity(key: sourceKey, kind: .source, belongsToUser: false))
            }
            var attempt = LoginAttempt(account: account, app: visitor.caller.name, subject: subject)
            attempt.budgets = visitor.budgets
            attempt.counters = [counter] + totalCounter(totalKey, isUser)
            switch counter.ladder.standing(of: subject.throttle(counter.identity.key), at: now) {
            case .ended:
                throw refusal(.account, account, visitor.caller, of: subject.user, after: policy.longestDelay * 1000)
            case .waiting(let until):
                throw refusal(
                    counter.layer, account, visitor.caller, of: subject.user,
                    after: Self.milliseconds(from: now, to: until))
            case .open:
                if isCold(subject, counter, totalKey, at: now) { return attempt }
                let steps = attempt.counters.map { counter in
                    let before = subject.throttle(counter.identity.key)
                    return ThrottleStep(
                        before: before, after: counter.ladder.counting(before, counter.identity, at: now))
                }
                if try await store.write({ try $0.reserve(steps) }) {
                    attempt.steps = steps
                    return attempt
                }
            }
        }
        throw refusal(.account, account, visitor.caller, after: 1000)
    }

    /// Whether there are so few failures that an attempt need not be counted before it is made. Near the bound for all
    /// together, each is.
    private func isCold(
        _ subject: LoginSubject, _ counter: Counter, _ totalKey: String?, at now: Timestamp
    ) -> Bool {
        let throttle = subject.throttle(counter.identity.key)
        let known = max(throttle?.failures ?? 0, counter.ladder.level(of: throttle, at: now))
        let all = subject.throttle(totalKey)?.failures ?? 0
        return known < policy.coldFailures && policy.disablingFailures.map { all < $0 - 10 } ?? true
    }

    private func totalCounter(_ key: String?, _ isUser: Bool) -> [Counter] {
        guard let key, let ladder = policy.total else { return [] }
        // They count across days, so the row of an account that is there is kept.
        return [
            Counter(
                ladder: ladder, layer: .disabled,
                identity: Throttle.Identity(key: key, kind: isUser ? .kept : .account, belongsToUser: isUser))
        ]
    }

    /// Reads as much where there is no account.
    private func isKnown(
        _ source: NetworkSource?, of user: User?, at now: Timestamp
    ) async throws(AuthError) -> Bool {
        guard let source else { return false }
        let id = user?.id ?? UserID(high: 0, low: 0)
        return try await store.read { try $0.isKnown(source, of: id, at: now) } && user != nil
    }

    private func attempts(of source: NetworkSource, _ caller: Caller) -> [ThrottleMemory.Budget] {
        keys.budgets(
            "login", of: source, app: caller.name, burst: policy.sourceBurst,
            milliseconds: policy.sourceSeconds * 1000)
    }

    /// The password was wrong. One that the account was tried with lately is not counted again.
    func fail(_ attempt: LoginAttempt, _ password: Secret) async throws(AuthError) {
        memory.note(attempt, isFailure: true, at: time)
        guard policy.isEnabled else { return }
        let digest = keys.digest(of: password, for: attempt.account)
        if memory.isRepeated(digest, of: ThrottleKeys.number(attempt.account)) {
            return try await giveBack(attempt)
        }
        memory.charge(attempt.budgets, times: 2, at: time.uptime())
        try await count(attempt)
    }

    /// It is not known what the password was, because the caller did not wait: that must not be worth anything.
    func count(_ attempt: LoginAttempt) async throws(AuthError) {
        guard policy.isEnabled, !attempt.isCounted else { return }
        let now = time.now()
        try await store.write { transaction in
            for counter in attempt.counters {
                try transaction.countFailure(counter.identity) {
                    counter.ladder.counting($0, counter.identity, at: now)
                }
            }
        }
    }

    /// The password was not looked at after all, or was right and of no use.
    func giveBack(_ attempt: LoginAttempt) async throws(AuthError) {
        guard attempt.isCounted else { return }
        try await store.write { try $0.giveBack(attempt.steps) }
    }

    /// What the success changes. Nil where nobody has failed: then it writes nothing.
    func release(_ attempt: LoginAttempt) -> ThrottleRelease? {
        memory.note(attempt, isFailure: false, at: time)
        guard policy.isEnabled else { return nil }
        let own = attempt.counters.map(\.identity.key).filter { !$0.utf8.elementsEqual(attempt.account.utf8) }
        let removed = own.filter { attempt.subject.throttle($0) != nil || attempt.isCounted }
        let failures = attempt.subject.throttle(attempt.account)?.failures ?? 0
        guard attempt.isCounted || !removed.isEmpty || failures > 0 else { return nil }
        return ThrottleRelease(account: attempt.account, steps: attempt.steps, removed: removed)
    }

    /// The password was right, and the address is not proved.
    func noteUnverified(_ attempt: LoginAttempt) { report(.unverified, attempt) }

    /// Whoever wanted another password did not know the current one.
    func noteWrongCurrent(_ attempt: LoginAttempt) { report(.wrongCurrent, attempt) }

    private func report(_ event: LoginReport.Event, _ attempt: LoginAttempt) {
        memory.report(
            event, account: attempt.account, user: attempt.subject.user?.id, app: attempt.app, at: time.now())
    }

    /// Whatever came of it, others may try.
    func leave(_ attempt: LoginAttempt) {
        if let place = attempt.place { memory.gate.leave(place) }
    }

    /// What a new password changes: it was set by the owner.
    func release(of user: User) -> ThrottleRelease {
        let account = self.account(of: user)
        return ThrottleRelease(
            account: account, removed: [keys.total(account), keys.passwordChange(of: user.id)])
    }

    func account(of user: User) -> String {
        keys.account(emails.canonicalIfValid(user.email)?.address ?? user.email)
    }

    /// Counts an attempt to say what the password is by somebody who is signed in; a stolen access token is no way to
    /// guess it.
    func admitChange(of user: User, for caller: Caller) async throws(AuthError) -> LoginAttempt {
        let key = keys.passwordChange(of: user.id)
        guard policy.isEnabled else {
            return LoginAttempt(account: key, app: caller.name, subject: LoginSubject(user: user, throttles: []))
        }
        let counter = Counter(
            ladder: policy.passwordChanges, layer: .change,
            identity: Throttle.Identity(key: key, kind: .device, belongsToUser: false))
        for _ in 0..<Self.rounds {
            let before = try await store.read { try $0.find(Throttle.self, key) }
            let now = time.now()
            switch counter.ladder.standing(of: before, at: now) {
            case .ended:
                throw refusal(
                    .change, key, caller, of: user, after: policy.longestDelay * 1000, proofs: [.passwordReset])
            case .waiting(let until):
                throw refusal(
                    .change, key, caller, of: user, after: Self.milliseconds(from: now, to: until),
                    proofs: [.passwordReset])
            case .open:
                let step = ThrottleStep(
                    before: before, after: counter.ladder.counting(before, counter.identity, at: now))
                guard try await store.write({ try $0.reserve([step]) }) else { continue }
                let subject = LoginSubject(user: user, throttles: before.map { [$0] } ?? [])
                var attempt = LoginAttempt(account: key, app: caller.name, subject: subject)
                attempt.steps = [step]
                return attempt
            }
        }
        throw refusal(.change, key, caller, of: user, after: 1000, proofs: [.passwordReset])
    }

    /// Throws `RATE_LIMITED` when a network has created too many accounts: ten at once, and one more in six minutes.
    func admitRegistration(from address: String?, for caller: Caller) throws(AuthError) {
        guard policy.isEnabled, caller.assertsAddresses, let source = address.flatMap({ NetworkSource($0) }) else {
            return
        }
        let budgets = keys.budgets("register", of: source, app: caller.name, burst: 10, milliseconds: 360_000)
        guard let wait = memory.take(budgets, at: time.uptime()) else { return }
        memory.report(.throttled(.register), account: nil, user: nil, app: caller.name, at: time.now())
        throw AuthError(.rateLimited, retryAfterMilliseconds: Int(clamping: wait))
    }

    /// Throws `RATE_LIMITED` when a session is refreshed more often than any client has reason to.
    func admitRefresh(of session: SessionID, for caller: Caller) throws(AuthError) {
        guard policy.isEnabled, let wait = memory.refreshWait(of: session, at: time.uptime()) else { return }
        memory.report(.throttled(.refresh), account: nil, user: nil, app: caller.name, at: time.now())
        throw AuthError(.rateLimited, retryAfterMilliseconds: Int(clamping: wait))
    }

    /// Counts a refresh that was done. One that was given its answer again was not.
    func countRefresh(of session: SessionID) {
        guard policy.isEnabled else { return }
        memory.countRefresh(of: session, at: time.uptime())
    }

    private func refusal(
        _ layer: ThrottleLayer, _ account: String, _ caller: Caller, of user: User? = nil, after milliseconds: Int64,
        proofs: [LoginProof] = LoginProof.allCases
    ) -> AuthError {
        memory.report(.throttled(layer), account: account, user: user?.id, app: caller.name, at: time.now())
        return AuthError(
            .rateLimited, retryAfterMilliseconds: Int(clamping: max(1, milliseconds)), proofs: proofs.map(\.rawValue))
    }

    private static func milliseconds(from now: Timestamp, to then: Timestamp) -> Int64 {
        let (difference, overflow) = then.microseconds.subtractingReportingOverflow(now.microseconds)
        return overflow || difference > .max - 999 ? .max : (max(0, difference) + 999) / 1000
    }
}
