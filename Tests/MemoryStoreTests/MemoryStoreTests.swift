import MemoryStore
import StoreConformance
import Testing

@Test("The store in memory conforms", arguments: StoreConformance.cases)
func conforms(_ conformance: StoreConformance.Case) async throws {
    try await conformance.run(on: MemoryStore())
}
