import AuthAPI
import Contract
import MVPAuth
import Testing

@Suite("Catalogue")
struct CatalogueTests {
    @Test("A name is a service and a method", arguments: CatalogueMethod.all)
    func name(_ method: CatalogueMethod) {
        let parts = method.spec.name.utf8.split(separator: UInt8(ascii: "."))
        #expect(parts.count == 2)
        #expect(parts.joined().allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_") })
    }

    @Test("A method's own errors are named once and are not the common ones", arguments: CatalogueMethod.all)
    func errors(_ method: CatalogueMethod) {
        #expect(Set(method.spec.errors).count == method.spec.errors.count)
        #expect(Set(method.spec.errors).isDisjoint(with: MethodSpec.commonErrors))
    }

    @Test("Only reads, and what may be done twice, are repeated by clients")
    func idempotent() {
        let repeatable = CatalogueMethod.all.filter(\.spec.isIdempotent).map(\.spec.name)
        #expect(
            Set(repeatable) == [
                "user.get_current_user", "user.find", "session.list", "user.events", "admin.query_audit",
                "token.verify", "system.hello", "system.ping",
                "system.info",
                "system.health", "system.cancel", "rpc.discover", "system.stats", "system.metrics",
                "system.purge_expired",
                "admin.list_users", "admin.get_user", "admin.list_sessions", "admin.list_apps", "admin.unblock",
                "admin.import_users", "admin.export_users",
                "hooks.ack", "hooks.unsubscribe", "hooks.list_mailbox", "admin.list_messages", "admin.get_message",
                "admin.drop_message",
            ])
    }

    @Test(
        "A number is the status times a hundred and something",
        arguments: AuthError.Code.allCases.filter { $0.number > 0 })
    func number(_ code: AuthError.Code) {
        #expect(code.number / 100 == code.httpStatus)
    }

    @Test("No two errors share a number")
    func numbers() {
        #expect(Set(AuthError.Code.allCases.map(\.number)).count == AuthError.Code.allCases.count)
    }
}
