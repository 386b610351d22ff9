public import MVPAuth
public import Testing

/// What every store must do. To prove one of your own, paste into its tests:
///
/// ```swift
/// @Test("The store conforms", arguments: StoreConformance.cases)
/// func conforms(_ conformance: StoreConformance.Case) async throws {
///     try await conformance.run(on: MyStore())
/// }
/// ```
///
/// Each case wants an empty store of its own and closes it.
public enum StoreConformance {
    public struct Case: Sendable, CustomTestStringConvertible {
        public let name: String
        private let body: @Sendable (Fixture) async throws -> Void

        init(_ name: String, _ body: @escaping @Sendable (Fixture) async throws -> Void) {
            self.name = name
            self.body = body
        }

        public var testDescription: String { name }

        public func run(on store: any AuthStore) async throws {
            let fixture = Fixture(store: store)
            do {
                try await body(fixture)
            } catch {
                await store.close()
                throw error
            }
            await store.close()
        }
    }

    public static let cases: [Case] =
        doorCases + defaultCases + emailCases + messageCases + userCases + administrationCases + importCases
        + passwordCases + sessionCases + rotationCases + revocationCases + throttleCases + raceCases
        + auditCases
}
