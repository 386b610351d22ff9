import AuthAPI
import Contract
import Testing

/// The contract's own copy of the REST table: the catalogue must say exactly this.
@Suite("REST table")
struct RESTTableTests {
    struct Row: Sendable, Hashable, CustomTestStringConvertible {
        let group: String
        let verb: String
        let path: String
        let method: String
        var status = 200
        var body: [String] = []
        var isProtected = false

        var testDescription: String { "\(verb) \(path)" }
    }

    static let contract = [
        Row(
            group: "core", verb: "POST", path: "/register", method: "user.register", status: 201,
            body: ["email", "password"]),
        Row(group: "core", verb: "POST", path: "/login", method: "auth.login", body: ["email", "password"]),
        Row(group: "core", verb: "POST", path: "/refresh", method: "auth.refresh", body: ["refresh_token"]),
        Row(group: "core", verb: "GET", path: "/me", method: "user.get_current_user", isProtected: true),
        Row(
            group: "core", verb: "POST", path: "/logout", method: "auth.logout", body: ["refresh_token"],
            isProtected: true),
        Row(group: "verify", verb: "POST", path: "/verify-email", method: "user.verify_email", body: ["token"]),
        Row(
            group: "verify", verb: "POST", path: "/resend-verification", method: "user.resend_verification",
            body: ["email"]),
        Row(
            group: "password", verb: "POST", path: "/forgot-password", method: "password.forgot_password",
            body: ["email"]),
        Row(
            group: "password", verb: "POST", path: "/reset-password", method: "password.reset_password",
            body: ["token", "new_password"]),
        Row(
            group: "password", verb: "POST", path: "/change-password", method: "password.change_password",
            body: ["current_password", "new_password"], isProtected: true),
        Row(group: "sessions", verb: "POST", path: "/logout-all", method: "auth.logout_all", isProtected: true),
        Row(group: "sessions", verb: "GET", path: "/sessions", method: "session.list", isProtected: true),
        Row(group: "sessions", verb: "DELETE", path: "/sessions/{id}", method: "session.revoke", isProtected: true),
    ]

    private static let catalogue = CatalogueMethod.all.compactMap { method in
        method.spec.rest.map { route in
            Row(
                group: route.group.rawValue, verb: route.verb.rawValue, path: route.path, method: method.spec.name,
                status: route.status, body: route.body, isProtected: route.isProtected)
        }
    }

    @Test("Each row of the contract is a row of the catalogue", arguments: contract)
    func row(_ row: Row) {
        #expect(Self.catalogue.filter { $0.method == row.method } == [row])
    }

    @Test("The catalogue has no other rows")
    func nothingElse() {
        #expect(Set(Self.catalogue) == Set(Self.contract))
        #expect(Self.catalogue.count == 13)
    }

    @Test("No two rows answer the same request")
    func unique() {
        #expect(Set(Self.catalogue.map(\.testDescription)).count == Self.catalogue.count)
    }

    @Test("Only the rows that begin or go on with a session add the caller's device")
    func device() {
        let methods = CatalogueMethod.all.filter { $0.spec.rest?.addsDevice == true }.map(\.spec.name)
        #expect(methods == ["auth.login", "auth.refresh"])
    }

    @Test("A body never names the caller or what the shim adds", arguments: CatalogueMethod.all)
    func body(_ method: CatalogueMethod) {
        let forbidden: Set = ["access_token", "user_id", "device_info", "ip_address"]
        #expect(forbidden.isDisjoint(with: method.spec.rest?.body ?? []))
    }

    @Test("What a row fills is a parameter of its method", arguments: CatalogueMethod.all)
    func parameters(_ method: CatalogueMethod) throws {
        guard let route = method.spec.rest else { return }
        let params = MethodDescription(method.type).params
        var filled = route.body + [route.pathParameter].compactMap(\.self)
        if route.isProtected { filled.append("access_token") }
        if route.addsDevice { filled += ["device_info", "ip_address"] }
        #expect(Set(filled).isSubset(of: params.map(\.name)))
        #expect(Set(params.filter(\.isRequired).map(\.name)).isSubset(of: filled))
        #expect(route.path.hasSuffix("{id}") == (route.pathParameter != nil))
    }
}
