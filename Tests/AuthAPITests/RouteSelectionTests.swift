import AuthAPI
import Testing

@Suite("Selection of routes")
struct RouteSelectionTests {
    private static let routes = authAPI.methods.compactMap { $0.spec.rest }

    private func served(_ included: [String]?, _ excluded: [String] = []) throws -> Set<String> {
        let selection = try RouteSelection(including: included, excluding: excluded)
        return Set(Self.routes.filter(selection.contains).map(\.name))
    }

    @Test("The routes have the library's names")
    func names() {
        #expect(
            Set(Self.routes.map(\.name)) == [
                "register", "login", "refresh", "verify_email", "resend_verification", "forgot_password",
                "reset_password", "me", "logout", "logout_all", "change_password", "sessions", "revoke_session",
                "events",
            ])
    }

    @Test("Without a choice all are served")
    func all() throws {
        #expect(try served(nil).count == 14)
    }

    @Test(
        "Groups and routes are chosen alike",
        arguments: [
            (["core"], [], ["register", "login", "refresh", "me", "logout"]),
            (["core", "change_password"], [], ["register", "login", "refresh", "me", "logout", "change_password"]),
            (["login", "me"], [], ["login", "me"]),
            (["core"], ["register"], ["login", "refresh", "me", "logout"]),
            (["core", "password"], ["password", "me"], ["register", "login", "refresh", "logout"]),
            (["session_management"], [], ["logout_all", "sessions", "revoke_session", "events"]),
            (["sessions"], ["revoke_session"], ["logout_all", "sessions", "events"]),
            (["verify-email", "logout-all"], [], ["verify_email", "logout_all"]),
            (["me"], ["core"], []),
        ] as [([String], [String], Set<String>)])
    func choices(_ included: [String], _ excluded: [String], _ wanted: Set<String>) throws {
        #expect(try served(included, excluded) == wanted)
    }

    @Test("Single routes may be left out of all")
    func exclusion() throws {
        #expect(try served(nil, ["register", "sessions"]).count == 9)
    }

    @Test(
        "A name that is none is told", arguments: ["chnage_password", "", "CORE ", "/login", "session", "logoutall "])
    func unknown(_ name: String) {
        #expect(throws: RouteSelection.UnknownName(name: name)) {
            try RouteSelection(including: ["core", name], excluding: [])
        }
        #expect(throws: RouteSelection.UnknownName(name: name)) {
            try RouteSelection(including: nil, excluding: [name])
        }
    }

    @Test("Every name that is offered means something")
    func offered() throws {
        for name in RouteSelection.groupNames + RouteSelection.routeNames {
            #expect(try !served([name]).isEmpty, "\(name)")
        }
        #expect(RouteSelection.groupNames.count == 5 && RouteSelection.routeNames.count == 13)
    }

    @Test(
        "The nearest name is the one that was meant",
        arguments: [
            ("chnage_password", "change_password"), ("Login", "login"), ("registr", "register"), ("logut", "logout"),
            ("session_managment", "session_management"), ("verfy", "verify"), ("revoke_sesion", "revoke_session"),
            ("nonsense", nil), ("", nil), ("x", nil),
        ] as [(String, String?)])
    func nearest(_ written: String, _ meant: String?) {
        let names = RouteSelection.groupNames + RouteSelection.routeNames
        #expect(NearestName.of(written, among: names, limit: max(1, written.utf8.count / 3)) == meant)
    }
}
