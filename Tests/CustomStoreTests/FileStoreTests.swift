import AuthTesting
import CustomStore
import MVPAuth
import StoreConformance
import Testing

@Suite("A backend of one's own")
struct FileStoreTests {
    @Test("conforms", arguments: StoreConformance.cases)
    func conforms(_ conformance: StoreConformance.Case) async throws {
        try await withDirectory { directory in
            try await conformance.run(on: try FileStore(path: directory + "/auth.json"))
        }
    }

    @Test("is all that the services need, and keeps what it was given")
    func services() async throws {
        try await withDirectory { directory in
            let path = directory + "/auth.json"
            let world = try await World(store: try FileStore(path: path))
            try await world.register()
            let pair = try await world.login()
            let next = try await world.system.auth.refresh(pair.refreshToken)
            // Another process reads the file.
            let later = try await World(store: try FileStore(path: path))
            _ = try await later.login()
            await #expect(throws: AuthError(.tokenReuse, executed: true)) {
                _ = try await later.system.auth.refresh(pair.refreshToken)
            }
            await #expect(throws: AuthError(.tokenRevoked)) {
                _ = try await later.system.auth.refresh(next.refreshToken)
            }
        }
    }
}
