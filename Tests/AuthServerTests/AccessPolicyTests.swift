import AuthAPI
import AuthTesting
import MVPAuth
import Testing

@testable import AuthServer

/// Who a peer is, and what it may do.
@Suite("Access policy")
struct AccessPolicyTests {
    private let policy = AccessPolicy(
        daemon: 100,
        entries: [
            .init(App(Caller(app: "shop", audience: "shop.example")), uids: [1001], roles: [.client, .trusted]),
            .init(App(Caller(app: "mail"), methods: ["system.*"]), gids: [50], roles: .hooks),
            .init(App(Caller(app: "blog"), methods: ["auth.*", "token.verify"]), uids: [1002], gids: [60]),
        ])

    private func grant(
        _ uid: UInt32, gid: UInt32 = 9, groups: [UInt32] = [],
        through listener: AccessPolicy.Listener = .applications
    ) -> Grant? {
        policy.grant(for: Peer(uid: uid, gid: gid, groups: groups, pid: 1), through: listener)
    }

    @Test("Root and the daemon's user hold every role, through every socket", arguments: [0, 100] as [UInt32])
    func local(uid: UInt32) {
        for listener in [AccessPolicy.Listener.applications, .operators, .app("shop"), .app("other")] {
            #expect(grant(uid, through: listener)?.roles == .all)
        }
        #expect(grant(uid)?.app.name == "local")
        #expect(grant(uid, gid: 50, groups: [60])?.app.name == "local", "they are in every group")
        #expect(grant(uid, through: .app("shop"))?.app.name == "shop")
    }

    @Test("A user without an entry is a client, and an operator through the operators' socket")
    func unnamed() {
        #expect(grant(7)?.app.caller == Caller(unregistered: "uid-7"))
        #expect(grant(7)?.roles == .client)
        #expect(grant(7, through: .operators)?.roles == [.client, .admin])
    }

    @Test("An app is known by its user before its groups, by any of the peer's groups")
    func entries() {
        #expect(grant(1001)?.app.caller == Caller(app: "shop", audience: "shop.example"))
        #expect(grant(1001)?.roles == [.client, .trusted])
        #expect(grant(1001, gid: 50)?.app.name == "shop")
        #expect(grant(7, gid: 50)?.app.name == "mail")
        #expect(grant(7, gid: 50)?.roles == .hooks, "exactly the roles that are named")
        #expect(grant(7, groups: [1, 60])?.app.name == "blog")
        #expect(grant(1001, through: .operators)?.roles == [.client, .trusted, .admin])
    }

    @Test("A socket of an app's own decides alone")
    func ownSocket() {
        #expect(grant(1001, through: .app("blog"))?.app.name == "blog")
        #expect(grant(1001, through: .app("blog"))?.roles == .client)
        #expect(grant(7, through: .app("new"))?.app.caller == Caller(app: "new"))
        #expect(grant(7, through: .app("new"))?.roles == .client)
    }

    @Test(
        "Whom the kernel cannot name gets nothing",
        arguments: [AccessPolicy.Listener.applications, .operators, .app("shop")])
    func overflow(listener: AccessPolicy.Listener) {
        #expect(grant(65534, through: listener) == nil)
        #expect(grant(65534, gid: 50, groups: [60], through: listener) == nil)
    }

    @Test("The methods of an app are those that fit its patterns, and those without a role")
    func methods() {
        let blog = grant(1002)?.app
        for name in ["auth.login", "auth.logout_all", "token.verify", "system.hello", "rpc.discover"] {
            #expect(blog?.allows(.init(name)) == true, "\(name)")
        }
        for name in ["user.register", "system.drain", "session.list", "authx.login", "auth."] {
            #expect(blog?.allows(.init(name)) == false, "\(name)")
        }
        #expect(grant(1001)?.app.allows(.init("user.register")) == true)
    }

    @Test("Roles are only ever given up")
    func keep() throws {
        var grant = try #require(self.grant(1001))
        grant.keep(only: [.client, .admin])
        #expect(grant.roles == .client)
        grant.keep(only: [.client, .trusted])
        #expect(grant.roles == .client)
        #expect(grant.allows(.client) && grant.allows(.any) && !grant.allows(.trusted))
    }
}

@Suite("Call budget")
struct RateBudgetTests {
    @Test("A burst at once, then so many a second")
    func rate() {
        let time = ManualTime()
        let budget = RateBudget(perSecond: 10, burst: 5, time: time)
        for _ in 0..<5 { #expect(budget.take() == nil) }
        #expect(budget.take() == 100, "a call is a hundred milliseconds' worth")
        time.advance(milliseconds: 99)
        #expect(budget.take() == 1)
        time.advance(milliseconds: 1)
        #expect(budget.take() == nil)
        #expect(budget.take() == 100)
        time.advance(milliseconds: 60_000)
        for _ in 0..<5 { #expect(budget.take() == nil) }
        #expect(budget.take() == 100, "a pause is worth a burst and no more")
    }

    @Test("Many connections together get no more than one")
    func shared() async {
        let budget = RateBudget(perSecond: 1, burst: 100, time: ManualTime())
        let taken = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { (0..<100).count { _ in budget.take() == nil } } }
            return await group.reduce(0, +)
        }
        #expect(taken == 100)
    }
}
