internal import Synchronization

/// What one app does: counted by every connection of it, whatever the configuration was when it began.
final class AppUsage: Sendable {
    private let openConnections = Atomic(0)
    private let allCalls = Atomic(0)

    var connections: Int { openConnections.load(ordering: .relaxed) }
    var calls: Int { allCalls.load(ordering: .relaxed) }

    func countConnection(_ change: Int) { openConnections.wrappingAdd(change, ordering: .relaxed) }

    func countCall() { allCalls.wrappingAdd(1, ordering: .relaxed) }
}
