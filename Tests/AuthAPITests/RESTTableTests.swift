import AuthAPI
import Contract
import Testing

/// What holds for every row, whatever it is.
@Suite("REST table")
struct RESTTableTests {
    @Test("No two rows answer the same request")
    func unique() {
        let routes = CatalogueMethod.all.compactMap(\.spec.rest)
        #expect(Set(routes.map { "\($0.verb.rawValue) \($0.path)" }).count == routes.count)
        #expect(Set(routes.map(\.name)).count == routes.count)
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
