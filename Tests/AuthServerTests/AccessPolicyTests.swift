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

    private func rights(
        _ uid: UInt32, gid: UInt32 = 9, groups: [UInt32] = [],
        through listener: AccessPolicy.Listener = .applications
    ) -> PeerRights? {
        policy.rights(of: Peer(uid: uid, gid: gid, groups: groups, pid: 1), through: listener)
    }

    @Test("Root and the daemon's user hold every role, through every socket", arguments: [0, 100] as [UInt32])
    func local(uid: UInt32) {
        for listener in [AccessPolicy.Listener.applications, .operators, .app("shop"), .app("other")] {
            #expect(rights(uid, through: listener)?.roles == .all)
        }
        #expect(rights(uid)?.app.name == "local")
        #expect(rights(uid, gid: 50, groups: [60])?.app.name == "local", "they are in every group")
        #expect(rights(uid, through: .app("shop"))?.app.name == "shop")
    }

    @Test("A user without an entry is a client, and an operator through the operators' socket")
    func unnamed() {
        #expect(rights(7)?.app.caller == Caller(unregistered: "uid-7"))
        #expect(rights(7)?.roles == .client)
        #expect(rights(7, through: .operators)?.roles == [.client, .admin])
    }

    @Test("An app is known by its user before its groups, by any of the peer's groups")
    func entries() {
        #expect(rights(1001)?.app.caller == Caller(app: "shop", audience: "shop.example"))
        #expect(rights(1001)?.roles == [.client, .trusted])
        #expect(rights(1001, gid: 50)?.app.name == "shop")
        #expect(rights(7, gid: 50)?.app.name == "mail")
        #expect(rights(7, gid: 50)?.roles == .hooks, "exactly the roles that are named")
        #expect(rights(7, groups: [1, 60])?.app.name == "blog")
        #expect(rights(1001, through: .operators)?.roles == [.client, .trusted, .admin])
    }

    @Test("A socket of an app's own decides alone")
    func ownSocket() {
        #expect(rights(1001, through: .app("blog"))?.app.name == "blog")
        #expect(rights(1001, through: .app("blog"))?.roles == .client)
        #expect(rights(7, through: .app("new"))?.app.caller == Caller(app: "new"))
        #expect(rights(7, through: .app("new"))?.roles == .client)
    }

    @Test(
        "Whom the kernel cannot name gets nothing",
        arguments: [AccessPolicy.Listener.applications, .operators, .app("shop")])
    func overflow(listener: AccessPolicy.Listener) {
        #expect(rights(65534, through: listener) == nil)
        #expect(rights(65534, gid: 50, groups: [60], through: listener) == nil)
    }

    @Test("The methods of an app are those that fit its patterns, and those without a role")
    func methods() {
        let blog = rights(1002)?.app
        for name in ["auth.login", "auth.logout_all", "token.verify", "system.hello", "rpc.discover"] {
            #expect(blog?.allows(.init(name)) == true, "\(name)")
        }
        for name in ["user.register", "system.drain", "session.list", "authx.login", "auth."] {
            #expect(blog?.allows(.init(name)) == false, "\(name)")
        }
        #expect(rights(1001)?.app.allows(.init("user.register")) == true)
    }

    @Test("The names of an app's methods are those of its patterns and those without a role; without patterns, none")
    func methodNames() throws {
        #expect(rights(1001)?.app.methodNames == nil)
        let names = try #require(App(Caller(app: "till"), methods: ["token.verify"]).methodNames)
        #expect(names.contains("token.verify") && names.contains("system.hello") && !names.contains("auth.login"))
        let specs = authAPI.methods.map { $0.spec }
        #expect(names == specs.filter { $0.role == .any || $0.name == "token.verify" }.map(\.name))
    }

    @Test("Whoever is no app of the configuration hears of everybody's messages; an app only where it was said so")
    func hearing() {
        #expect(App(.local).hearsAll && App(Caller(unregistered: "uid-7")).hearsAll)
        #expect(!App(Caller(app: "shop")).hearsAll)
        #expect(App(Caller(app: "shop"), hearsAll: true).hearsAll)
    }

    @Test("Roles have the names of those that are held, in one order, and `any` is none of them")
    func names() {
        #expect(PeerRoles.all.names == PeerRole.allCases.filter { $0 != .any })
        for role in PeerRole.allCases { #expect(PeerRoles(role).names == (role == .any ? [] : [role])) }
        #expect(PeerRoles([.admin, .client]).names.map(\.rawValue).sorted() == ["admin", "client"])
    }

    @Test("Roles are only ever given up")
    func keep() throws {
        var rights = try #require(self.rights(1001))
        rights.keep(only: [.client, .admin])
        #expect(rights.roles == .client)
        rights.keep(only: [.client, .trusted])
        #expect(rights.roles == .client)
        #expect(rights.allows(.client) && rights.allows(.any) && !rights.allows(.trusted))
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
        time.advance(nanoseconds: 1)
        #expect(budget.take() == 100, "what is begun counts whole: it is not to be asked for too early")
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
        let burst = 100_000
        let budget = RateBudget(perSecond: 1, burst: burst, time: ManualTime())
        let taken = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { (0..<burst / 4).count { _ in budget.take() == nil } } }
            return await group.reduce(0, +)
        }
        #expect(taken == burst)
    }
}
