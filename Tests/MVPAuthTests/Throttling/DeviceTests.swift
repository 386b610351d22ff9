import AuthTesting
import Testing

@testable import MVPAuth

@Suite("Devices that are known again, and other budgets")
struct DeviceTests {
    /// An account that strangers cannot try any more, and the token of its owner's device.
    private func besieged(
        _ change: (inout AuthPolicy) -> Void = { _ in }
    ) async throws -> (attack: Attack, device: Secret) {
        let attack = try await Attack(change)
        let device = try await attack.owner()
        _ = await attack.flood(0..<50)
        #expect(await attack.attempt(attack.password) != nil)
        #expect(await attack.attempt(attack.password, device: device) == nil)
        return (attack, device)
    }

    @Test("a token is given only where it is asked for, and is no token of another kind")
    func kinds() async throws {
        let attack = try await Attack()
        let device = try await attack.owner()
        let auth = attack.systems[0].auth
        let pair = try await auth.login(email: attack.email, password: attack.password)
        #expect(pair.deviceToken == nil)
        for token in [pair.accessToken, pair.refreshToken, Secret("x"), Secret("")] {
            _ = await attack.flood(0..<20)
            #expect(await attack.attempt(attack.password, device: token)?.code == .rateLimited)
        }
        await #expect(throws: AuthError.self) { try await attack.systems[0].tokens.verify(device.reveal()) }
        await #expect(throws: AuthError.self) { try await auth.refresh(device) }
    }

    @Test("it ends with the password, by a change and by a reset")
    func passwords() async throws {
        let (attack, device) = try await besieged()
        let passwords = attack.systems[0].passwords
        let user = try await attack.systems[0].users.find(email: attack.email)
        let second = Secret("a different long phrase")
        try await passwords.changePassword(of: user.id, current: attack.password, new: second)
        #expect(await attack.attempt(second, device: device)?.code == .rateLimited)
        attack.clock.advance(3600)
        let login = try await attack.systems[0].auth.login(
            email: attack.email, password: second, device: .init(isRemembered: true))
        try await passwords.forgotPassword(email: attack.email)
        let third = Secret("a third long phrase")
        try await passwords.resetPassword(
            token: try await Mails(attack.systems[0]).token(.passwordReset), newPassword: third)
        _ = await attack.flood(100..<150)
        #expect(await attack.attempt(third, device: login.deviceToken)?.code == .rateLimited)
    }

    @Test("it is for its account, its app and its time")
    func bounds() async throws {
        let (attack, device) = try await besieged()
        let other = "bob@example.org"
        try await attack.systems[0].users.register(email: other, password: attack.password)
        _ = await attack.flood(200..<250, at: other)
        #expect(await attack.attempt(attack.password, at: other, device: device)?.code == .rateLimited)
        attack.clock.advance(180 * 86_400 - 1)
        _ = await attack.flood(300..<350)
        #expect(await attack.attempt(attack.password, device: device) == nil)
        attack.clock.advance(1)
        _ = await attack.flood(400..<450)
        #expect(await attack.attempt(attack.password, device: device)?.code == .rateLimited)

        let shop = Caller(app: "shop")
        attack.clock.advance(86_400)
        let pair = try await attack.systems[0].auth.login(
            email: attack.email, password: attack.password, device: .init(isRemembered: true), for: shop)
        _ = await attack.flood(500..<550)
        let token = pair.deviceToken
        #expect(await attack.attempt(attack.password, device: token, for: Caller(app: "blog"))?.code == .rateLimited)
        #expect(await attack.attempt(attack.password, device: token, for: shop) == nil)
    }

    @Test("a success takes the failures of its device along, counted beforehand or not", arguments: [1, 2, 4])
    func released(failures: Int) async throws {
        let store = MeasuredStore()
        let attack = try await Attack(on: [store])
        let device = try await attack.owner()
        for number in 0..<failures { _ = await attack.attempt(Secret("mistyped \(number)"), device: device) }
        #expect(try await store.rows == 1)
        #expect(await attack.attempt(attack.password, device: device) == nil)
        #expect(try await store.rows == 0)
    }

    @Test("it is of its account while that is active and has the password of then")
    func belongs() {
        var user = account("ada@example.org")
        let device = DeviceTokens.Device(nonce: "a", user: user.id, passwordGeneration: user.passwordGeneration)
        #expect(device.belongs(to: user))
        #expect(!device.belongs(to: nil) && !device.belongs(to: account("ada@example.org")))
        user.isActive = false
        #expect(!device.belongs(to: user))
        user.isActive = true
        user.passwordGeneration += 1
        #expect(!device.belongs(to: user))
    }

    @Test("it is for the audience of its app")
    func audience() async throws {
        let world = try await World()
        let user = try await world.register()
        let devices = DeviceTokens(
            world.keys, policy: AuthPolicy(), time: world.clock, entropy: SystemEntropy())
        let callers = [
            Caller(app: "shop"), Caller(app: "shop", audience: "a"), Caller(app: "shop", audience: "b"),
        ]
        for (made, maker) in callers.enumerated() {
            let token = try devices.make(for: user, account: "key", maker)
            for (shown, caller) in callers.enumerated() {
                #expect((devices.device(of: token, account: "key", caller) != nil) == (made == shown))
            }
            #expect(devices.device(of: token, account: "other", maker) == nil)
        }
    }

    @Test("a stolen one buys 20 guesses, and its owner's other ways stay open")
    func stolen() async throws {
        let (attack, device) = try await besieged()
        let before = attack.hasher.count
        for number in 0..<200 {
            _ = await attack.attempt(Secret("stolen \(number)"), device: device)
            attack.clock.advance(10)
        }
        let early = attack.hasher.count - before
        #expect(early < 20, "they have to wait like anybody: \(early)")
        for number in 200..<400 {
            _ = await attack.attempt(Secret("stolen \(number)"), device: device)
            attack.clock.advance(900)
        }
        let looks = attack.hasher.count - before
        #expect(looks > 20 && looks <= 20 + 80, "then they are strangers: \(looks)")
        #expect(await attack.attempt(attack.password, device: device)?.code == .rateLimited)
        #expect(await attack.attempt(attack.password, from: attack.home) == nil)
    }

    @Test("of 500 guesses at the same time with one device three more are looked at than one after another, at most")
    func parallel() async throws {
        let (attack, device) = try await besieged()
        let before = attack.hasher.count
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<500 {
                group.addTask { _ = await attack.attempt(Secret("wrong \(number)"), device: device) }
            }
        }
        let looks = attack.hasher.count - before
        #expect(looks >= 5 && looks <= 5 + 3, "\(looks)")
    }

    @Test("the current password is asked of somebody signed in 5 times at once, 20 in all")
    func change() async throws {
        let attack = try await Attack()
        _ = try await attack.owner()
        let user = try await attack.systems[0].users.find(email: attack.email)
        func code(_ current: String) async -> AuthError.Code? {
            do throws(AuthError) {
                try await attack.systems[0].passwords.changePassword(
                    of: user.id, current: Secret(current), new: Secret("a different long phrase"))
                return nil
            } catch {
                return error.code
            }
        }
        for number in 0..<5 { #expect(await code("wrong \(number)") == .invalidCredentials) }
        #expect(await code("wrong") == .rateLimited)
        attack.clock.advance(1)
        #expect(await code(attack.password.reveal()) == nil)
        for number in 0..<60 {
            _ = await code("wrong \(number)")
            attack.clock.advance(900)
        }
        let before = attack.hasher.count
        #expect(await code("a different long phrase") == .rateLimited && attack.hasher.count == before)
    }

    @Test("a session is refreshed 20 times at once, then once a second; an answer that is given again does not count")
    func refresh() async throws {
        let attack = try await Attack()
        _ = try await attack.owner()
        let auth = attack.systems[0].auth
        var pair = try await auth.login(email: attack.email, password: attack.password)
        for number in 0..<20 {
            let used = pair.refreshToken
            pair = try await auth.refresh(used, idempotencyKey: "key \(number)")
            if number < 19 {
                for _ in 0..<3 { pair = try await auth.refresh(used, idempotencyKey: "key \(number)") }
            }
        }
        let token = pair.refreshToken
        do {
            _ = try await auth.refresh(token)
            Issue.record("it was refreshed")
        } catch {
            #expect(error.code == .rateLimited && error.retryAfterMilliseconds == 1000 && error.isRetryable)
        }
        #expect(attack.systems[0].core.throttle.memory.throttled == [.refresh: 1])
        let other = try await auth.login(email: attack.email, password: attack.password)
        _ = try await auth.refresh(other.refreshToken)
        attack.clock.advance(1)
        _ = try await auth.refresh(token)
    }

    @Test("a network creates ten accounts at once, then one in six minutes")
    func registration() async throws {
        let attack = try await Attack()
        func code(_ number: Int, from address: String?) async -> AuthError.Code? {
            do throws(AuthError) {
                try await attack.systems[0].users.register(
                    email: "u\(number)@example.org", password: attack.password, ipAddress: address)
                return nil
            } catch {
                return error.code
            }
        }
        for number in 0..<10 { #expect(await code(number, from: attack.home) == nil) }
        #expect(await code(10, from: attack.home) == .rateLimited)
        #expect(attack.systems[0].core.throttle.memory.throttled == [.register: 1])
        #expect(await code(11, from: "198.51.100.1") == nil)
        #expect(await code(12, from: nil) == nil)
        attack.clock.advance(359)
        #expect(await code(13, from: attack.home) == .rateLimited)
        attack.clock.advance(1)
        #expect(await code(14, from: attack.home) == nil)
    }
}
