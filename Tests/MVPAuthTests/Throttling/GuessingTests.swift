import AuthCrypto
import AuthTesting
import Testing

@testable import MVPAuth

@Suite("Guessing passwords")
struct GuessingTests {
    private func attack(
        daemons: Int = 1, _ change: (inout AuthPolicy) -> Void = { _ in }
    ) async throws -> Attack {
        try await Attack(daemons: daemons, change)
    }

    @Test(
        "10 000 guesses from as many networks over two daemons get 5 passwords looked at and three more a daemon; the owner comes in throughout"
    )
    func manyNetworks() async throws {
        let attack = try await attack(daemons: 2)
        let device = try await attack.owner()
        var looks = 0
        for part in 0..<4 {
            looks += await attack.flood(part * 2500..<(part + 1) * 2500)
            #expect(await attack.attempt(attack.password, from: attack.home, on: part) == nil, "from home")
            #expect(await attack.attempt(attack.password, device: device, on: part) == nil, "with the device")
        }
        #expect(looks >= 5 && looks <= 5 + 3 * 2, "\(looks)")
        #expect(
            await attack.attempt(attack.password, from: "198.51.100.1")?.code == .rateLimited, "a right password too")
    }

    @Test("in a week without the owner a stranger has 80, from any number of networks; the owner opens it")
    func week() async throws {
        let attack = try await attack()
        let device = try await attack.owner()
        var looks = 0
        for step in 0..<(7 * 96) {
            looks += await attack.flood(step * 10..<(step + 1) * 10)
            attack.clock.advance(900)
        }
        #expect(looks <= 80 + 3 && looks >= 80, "\(looks)")
        let closed = try #require(await attack.guess(1_000_000))
        #expect(closed.retryAfterMilliseconds == 900_000)
        #expect(closed.proofs == ["device_token", "known_address", "password_reset"] && !closed.isRetryable)
        #expect(await attack.attempt(attack.password, from: "198.51.100.1")?.code == .rateLimited)
        #expect(await attack.attempt(attack.password, device: device) == nil)
        #expect(await attack.guess(1_000_001)?.code == .invalidCredentials, "the owner has opened it")
    }

    @Test("an owner who signs in all the time gives a patient stranger less than 100 a day")
    func patience() async throws {
        let attack = try await attack()
        _ = try await attack.owner()
        for day in 0..<2 {
            var looks = 0
            for step in 0..<(24 * 6) {
                let number = (day * 24 * 6 + step) * 4
                looks += await attack.flood(number..<number + 4)
                if step.isMultiple(of: 6) { #expect(await attack.attempt(attack.password, from: attack.home) == nil) }
                attack.clock.advance(600)
            }
            #expect(looks < (day == 0 ? 115 : 100), "day \(day): \(looks)")
        }
    }

    @Test("an unknown address is refused at the same attempts, in the same words, as one with an account")
    func enumeration() async throws {
        let attack = try await attack()
        _ = try await attack.owner()
        for step in 0..<400 {
            let known = await attack.attempt(Secret("wrong \(step)"), from: "198.51.100.\(step % 200)")
            let unknown = await attack.attempt(
                Secret("wrong \(step)"), at: "nobody@example.org", from: "203.0.113.\(step % 200)")
            #expect(known == unknown && known != nil, "attempt \(step)")
            attack.clock.advance([0, 1, 7, 100, 900, 0, 3600][step % 7])
        }
        #expect(await attack.guess(1)?.retryAfterMilliseconds == 900_000, "it came to the end")
    }

    @Test("what is refused for the sake of an account leaves on a grid, so that its time does not tell of one")
    func grid() async throws {
        let attack = try await attack()
        _ = try await attack.owner()
        for email in [attack.email, "nobody@example.org"] {
            _ = await attack.flood(0..<10, at: email)
            let before = attack.clock.sleeps.count
            #expect(await attack.guess(11, at: email)?.code == .rateLimited)
            #expect(attack.clock.sleeps.dropFirst(before) == [25_000_000])
        }
    }

    @Test("a restart changes nothing")
    func restart() async throws {
        let attack = try await attack(daemons: 2)
        _ = try await attack.owner()
        for number in 0..<3 { _ = await attack.guess(number * 2) }
        #expect(await attack.guess(7)?.code == .invalidCredentials, "the fourth, by another process")
        #expect(await attack.guess(8)?.code == .invalidCredentials)
        let (before, after) = (await attack.guess(10), await attack.guess(11))
        #expect(before == after && before?.code == .rateLimited && before?.retryAfterMilliseconds == 1000)
        attack.clock.advance(1)
        #expect(await attack.guess(13)?.code == .invalidCredentials)
        #expect(await attack.guess(14)?.retryAfterMilliseconds == 2000)
    }

    @Test("a program that keeps sending the old password closes nothing")
    func oldPassword() async throws {
        let attack = try await attack()
        _ = try await attack.owner()
        let old = Secret("the one before")
        for _ in 0..<1000 {
            #expect(await attack.attempt(old)?.code == .invalidCredentials)
            attack.clock.advance(60)
        }
        #expect(await attack.attempt(attack.password, from: "198.51.100.1") == nil)
        // Neither where failures are counted beforehand.
        for number in 0..<4 { _ = await attack.guess(number) }
        for _ in 0..<20 { #expect(await attack.attempt(Secret("wrong password 3"))?.code == .invalidCredentials) }
        #expect(await attack.attempt(attack.password, from: "198.51.100.1") == nil)
    }

    @Test("of 500 guesses at the same time three more are looked at than one after another, at most")
    func parallel() async throws {
        for email in ["ada@example.org", "nobody@example.org"] {
            let attack = try await attack()
            _ = try await attack.owner()
            let before = attack.hasher.count
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<500 { group.addTask { _ = await attack.guess(number, at: email) } }
            }
            let looks = attack.hasher.count - before
            #expect(looks >= 5 && looks <= 5 + 3, "\(email): \(looks)")
        }
    }

    @Test("one network at the owner's home has ten more than strangers have")
    func neighbour() async throws {
        let attack = try await attack { $0.throttle.sourceBurst = 1000 }
        let device = try await attack.owner()
        _ = await attack.flood(0..<100)
        let before = attack.hasher.count
        for number in 0..<100 { _ = await attack.guess(1000 + number, from: attack.home) }
        #expect(attack.hasher.count - before == 10)
        #expect(await attack.attempt(attack.password, from: attack.home)?.code == .rateLimited)
        #expect(await attack.attempt(attack.password, from: attack.home, device: device) == nil)
        for number in 0..<400 { _ = await attack.guess(number, at: "u\(number)@example.org", from: attack.home) }
        #expect(await attack.guess(1, at: "u@example.org", from: attack.home)?.proofs == [])
        #expect(
            await attack.attempt(attack.password, from: attack.home, device: device) == nil, "he is not the network")
    }

    @Test("a network has 30 attempts at once, and failures cost three; another app counts for itself")
    func network() async throws {
        let attack = try await attack()
        let address = "2001:db8::1"
        for number in 0..<10 {
            #expect(
                await attack.guess(number, at: "u\(number)@example.org", from: address)?.code == .invalidCredentials)
        }
        let refused = try #require(await attack.guess(10, at: "u10@example.org", from: "2001:db8::2"))
        #expect(refused.code == .rateLimited && refused.retryAfterMilliseconds == 3000 && refused.proofs == [])
        #expect(await attack.guess(11, at: "u11@example.org", from: "2001:db8:0:1::1")?.code == .invalidCredentials)
        let shop = Caller(app: "shop")
        #expect(
            await attack.attempt(Secret("wrong"), at: "u12@example.org", from: address, for: shop)?.code
                == .invalidCredentials)
        let liar = Caller(app: "liar", assertsAddresses: false)
        for number in 0..<40 {
            let error = await attack.attempt(Secret("w"), at: "v\(number)@example.org", from: address, for: liar)
            #expect(error?.code == .invalidCredentials)
        }
        attack.clock.advance(3)
        #expect(await attack.guess(13, at: "u13@example.org", from: address)?.code == .invalidCredentials)
    }

    @Test("the networks of one site of IPv6 have together eight times as many as one of them")
    func site() async throws {
        let attack = try await attack()
        for number in 0..<80 {
            let address = "2001:db8:0:\(String(number, radix: 16))::1"
            #expect(
                await attack.guess(number, at: "u\(number)@example.org", from: address)?.code == .invalidCredentials)
        }
        let refused = await attack.guess(80, at: "u80@example.org", from: "2001:db8:0:ff::1")
        #expect(refused?.code == .rateLimited && refused?.retryAfterMilliseconds == 375)
        #expect(await attack.guess(81, at: "u81@example.org", from: "2001:db8:1::1")?.code == .invalidCredentials)
    }

    @Test("an address of a network that an app must not assert is no known one")
    func assertedAddress() async throws {
        let attack = try await attack()
        _ = try await attack.owner()
        _ = await attack.flood(0..<50)
        let liar = Caller(app: "liar", assertsAddresses: false)
        #expect(await attack.attempt(attack.password, from: attack.home, for: liar)?.code == .rateLimited)
        #expect(await attack.attempt(attack.password, from: attack.home, for: Caller(app: "shop")) == nil)
    }

    @Test("an attempt whose password was not looked at is none; one that nobody waited for is one")
    func abandoned() async throws {
        let attack = try await attack()
        _ = try await attack.owner()
        attack.hasher.fail(with: AuthError(.overloaded))
        for number in 0..<100 { #expect(await attack.guess(number)?.code == .overloaded) }
        attack.hasher.fail(with: AuthError(.cancelled, executed: true))
        for number in 0..<5 { #expect(await attack.guess(number)?.code == .cancelled) }
        attack.hasher.fail(with: nil)
        #expect(await attack.guess(5)?.code == .rateLimited)
    }

    @Test("where attempts are counted beforehand, one whose password was not looked at is given back")
    func givenBack() async throws {
        let attack = try await attack()
        _ = try await attack.owner()
        for number in 0..<4 { #expect(await attack.guess(number)?.code == .invalidCredentials) }
        attack.hasher.fail(with: AuthError(.overloaded))
        for number in 4..<20 { #expect(await attack.guess(number)?.code == .overloaded) }
        attack.hasher.fail(with: nil)
        #expect(await attack.guess(20)?.code == .invalidCredentials)
        #expect(await attack.guess(21)?.code == .rateLimited)
    }

    @Test("the right password of an address that is not proved is no failure, however often it is given")
    func unproved() async throws {
        let attack = try await attack { $0.requiresVerifiedEmail = true }
        try await attack.systems[0].users.register(email: attack.email, password: attack.password)
        for number in 0..<4 { #expect(await attack.guess(number)?.code == .invalidCredentials) }
        for _ in 0..<20 { #expect(await attack.attempt(attack.password)?.code == .emailNotVerified) }
        #expect(await attack.guess(20)?.code == .invalidCredentials)
        #expect(await attack.guess(21)?.code == .rateLimited)
    }

    @Test("a password or an address that no account can have is not looked at")
    func implausible() async throws {
        let attack = try await attack()
        _ = try await attack.owner()
        func looks(_ password: String, at email: String) async -> Int {
            let before = attack.hasher.count
            #expect(await attack.attempt(Secret(password), at: email)?.code == .invalidCredentials)
            return attack.hasher.count - before
        }
        #expect(await looks(String(repeating: "x", count: 1024), at: attack.email) == 1)
        for password in [String(repeating: "x", count: 1025), "", "a\u{0}b"] {
            #expect(await looks(password, at: attack.email) == 0)
        }
        #expect(await looks("a wrong one", at: String(repeating: "a", count: 4 * 254)) == 1)
        #expect(await looks("a wrong one", at: String(repeating: "a", count: 4 * 254 + 1)) == 0)
    }

    @Test("where guessing is not slowed down, what was counted before keeps nobody out")
    func disabled() async throws {
        let attack = try await attack()
        _ = try await attack.owner()
        _ = await attack.flood(0..<50)
        #expect(await attack.attempt(attack.password)?.code == .rateLimited)
        var policy = AuthPolicy()
        policy.throttle.isEnabled = false
        let system = AuthSystem(
            reconfiguring: attack.systems[0], hasher: attack.hasher, signer: try KeyRing(secret: World.secret),
            policy: policy)
        _ = try await system.auth.login(email: attack.email, password: attack.password)
    }

    @Test(
        "an attempt is counted before its password is looked at after three failures, or near the bound for all",
        arguments: [(nil, 3), (12, 2), (100, 3)] as [(Int64?, Int)])
    func beforehand(disablingFailures: Int64?, least: Int) async throws {
        let store = MeasuredStore()
        let attack = try await Attack(on: [store]) { $0.throttle.disablingFailures = disablingFailures }
        _ = try await attack.owner()
        for failures in 0..<5 {
            attack.hasher.fail(with: AuthError(.overloaded))
            let writes = store.operations.writes
            #expect(await attack.guess(100 + failures)?.code == .overloaded)
            // It is counted, and given back.
            #expect(store.operations.writes - writes == (failures < least ? 0 : 2), "\(failures)")
            attack.hasher.fail(with: nil)
            #expect(await attack.guess(failures)?.code == .invalidCredentials)
        }
    }

    @Test("what failures in the owner's network have closed is open again days later, though strangers stay out")
    func neighbourForgotten() async throws {
        let attack = try await attack { $0.throttle.sourceBurst = 1000 }
        _ = try await attack.owner()
        for number in 0..<90 {
            _ = await attack.guess(number)
            attack.clock.advance(900)
        }
        for number in 100..<120 { _ = await attack.guess(number, from: attack.home) }
        #expect(await attack.attempt(attack.password, from: attack.home)?.code == .rateLimited)
        attack.clock.advance(3 * 86_400)
        try await attack.systems[0].purge()
        #expect(await attack.guess(200)?.code == .rateLimited)
        #expect(await attack.attempt(attack.password, from: attack.home) == nil)
    }

    @Test("a success from nowhere known starts the count again, but not the delay")
    func level() async throws {
        let attack = try await attack()
        _ = try await attack.owner()
        for number in 0..<4 { #expect(await attack.guess(number)?.code == .invalidCredentials) }
        #expect(await attack.attempt(attack.password) == nil)
        #expect(await attack.guess(4)?.code == .invalidCredentials)
        #expect(await attack.guess(5)?.retryAfterMilliseconds == 1000)
    }

    @Test("a wrong password that is repeated writes nothing")
    func repetition() async throws {
        let store = MeasuredStore()
        let attack = try await Attack(on: [store])
        _ = try await attack.owner()
        #expect(await attack.attempt(Secret("mistyped"))?.code == .invalidCredentials)
        let writes = store.operations.writes
        #expect(await attack.attempt(Secret("mistyped"))?.code == .invalidCredentials)
        #expect(store.operations.writes == writes)
        #expect(await attack.attempt(Secret("mistyped again"))?.code == .invalidCredentials)
        #expect(store.operations.writes == writes + 1)
    }

    @Test("without free failures there is one attempt at a time, and the first failure costs a second")
    func strict() async throws {
        let attack = try await attack { $0.throttle.freeFailures = 0 }
        _ = try await attack.owner()
        #expect(await attack.attempt(attack.password) == nil)
        #expect(await attack.guess(1)?.code == .invalidCredentials)
        #expect(await attack.guess(2)?.retryAfterMilliseconds == 1000)
    }

    @Test("an account or a device that is closed stays so for ever; an address without an account is forgotten")
    func kept() async throws {
        let attack = try await attack()
        let device = try await attack.owner()
        for number in 0..<25 {
            _ = await attack.attempt(Secret("mistyped \(number)"), device: device)
            attack.clock.advance(900)
        }
        for email in [attack.email, "nobody@example.org"] {
            for number in 0..<90 {
                _ = await attack.guess(number, at: email)
                attack.clock.advance(900)
            }
            #expect(await attack.guess(100, at: email)?.code == .rateLimited)
        }
        attack.clock.advance(30 * 86_400)
        try await attack.systems[0].purge()
        #expect(await attack.guess(101)?.code == .rateLimited)
        #expect(await attack.attempt(attack.password, device: device)?.code == .rateLimited)
        #expect(await attack.guess(102, at: "nobody@example.org")?.code == .invalidCredentials)
    }

    @Test("who fails at an address before it has an account does not keep its owner out")
    func beforeRegistration() async throws {
        let attack = try await attack()
        for step in 0..<90 {
            _ = await attack.guess(step)
            attack.clock.advance(900)
        }
        #expect(await attack.guess(100)?.code == .rateLimited)
        _ = try await attack.owner()
    }

    @Test("a login without failures before writes its session and nothing else, and reads once")
    func cost() async throws {
        let store = MeasuredStore()
        let attack = try await Attack(on: [store])
        let device = try await attack.owner()
        let before = store.operations
        for number in 0..<1000 {
            let address = number.isMultiple(of: 2) ? attack.home : nil
            #expect(await attack.attempt(attack.password, from: address, device: number % 3 == 0 ? device : nil) == nil)
            attack.clock.advance(3)
        }
        #expect(store.operations.reads - before.reads == 1000)
        #expect(store.operations.writes - before.writes == 1000)
        #expect(try await store.rows == 0)
    }

    @Test("under the profile nist a hundred failures of all together end it for the owner's devices too, until a reset")
    func nist() async throws {
        let attack = try await attack { $0.throttle.disablingFailures = 100 }
        let device = try await attack.owner()
        var looks = 0
        for step in 0..<2000 {
            let before = attack.hasher.count
            _ = await attack.attempt(
                Secret("wrong \(step)"), from: step.isMultiple(of: 2) ? attack.home : nil,
                device: step.isMultiple(of: 3) ? device : nil)
            looks += attack.hasher.count - before
            attack.clock.advance(901)
        }
        #expect(looks == 100)
        #expect(await attack.attempt(attack.password, device: device)?.proofs == ["password_reset"])
        try await attack.systems[0].passwords.forgotPassword(email: attack.email)
        let token = try await Mails(attack.systems[0]).token(.passwordReset)
        try await attack.systems[0].passwords.resetPassword(token: token, newPassword: Secret("another long phrase"))
        #expect(await attack.attempt(Secret("another long phrase")) == nil)
    }
}
