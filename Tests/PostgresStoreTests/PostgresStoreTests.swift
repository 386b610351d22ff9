import InternationalDomains
import MVPAuth
import PostgresServer
import StoreConformance
import Testing

@testable import PostgresStore

@Suite("The PostgreSQL store")
struct PostgresStoreTests {
    private let server: PostgresServer

    init() throws {
        server = try PostgresServer.shared.get()
    }

    @Test("conforms", arguments: StoreConformance.cases)
    func conforms(_ conformance: StoreConformance.Case) async throws {
        try await conformance.run(on: try store(in: try server.makeDatabase()))
    }

    @Test("conforms behind a pooling proxy", arguments: StoreConformance.cases)
    func conformsUnprepared(_ conformance: StoreConformance.Case) async throws {
        try await conformance.run(on: try store(in: try server.makeDatabase(), prepares: false))
    }

    private func store(in database: String, prepares: Bool = true) throws -> PostgresStore {
        let options = try PostgresOptions(url: server.url(of: database), preparesStatements: prepares)
        return PostgresStore(options, domains: IDN2DomainEncoder()) { print("store: \($0)") }
    }
}
