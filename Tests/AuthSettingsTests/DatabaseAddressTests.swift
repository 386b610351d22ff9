import Testing

@testable import AuthSettings

@Suite("Address of a database")
struct DatabaseAddressTests {
    @Test(
        "No piece of a password is shown",
        arguments: [
            "host=h password=canary", "password='can ary' host=h", "postgresql://ada:canary@h/x",
            "postgresql://ada:canary@ry@h/x", "postgresql://ada:c%40canary@h/x?password=canary",
            "postgresql://h/x?password=canary", "postgresql://h/x?password=a@canary", "postgresql://ada:canary/x",
            "postgresql://ada:c/canary?x@h/x", "postgresql://h/x password=canary", "postgres:canary@h/x",
            "postgresql://ada:#canary@h", "postgresql://ada:canary%40h/x", "canary", "p=canary://h", "//ada:canary@h",
            "sqlite://user:canary@/x?password=canary", "postgresql://h/x?user=ada&passfile=/canary#canary",
        ])
    func hides(text: String) {
        #expect(!DatabaseAddress.shown(text).contains("canary"), "\(DatabaseAddress.shown(text))")
    }

    @Test(
        "What is no secret is shown",
        arguments: [
            ("memory:", "memory:"), ("sqlite:///var/lib/x.db", "sqlite:///var/lib/x.db"),
            ("postgresql://h:5432/x", "postgresql://h:5432/x"), ("postgresql://[::1]:5/x", "postgresql://[::1]:5/x"),
            ("postgresql+asyncpg://a:b@h1,h2:1/x", "postgresql+asyncpg://<secret>@h1,h2:1/x"),
            ("postgresql:///x?host=/run/postgresql", "postgresql:///x?<secret>"),
        ])
    func shows(text: String, shown: String) {
        #expect(DatabaseAddress.shown(text) == shown)
    }
}
