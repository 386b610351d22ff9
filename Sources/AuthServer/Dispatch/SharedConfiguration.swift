internal import Synchronization

/// The configuration in force.
final class SharedConfiguration: Sendable {
    private let current: Mutex<ServerConfiguration>

    init(_ configuration: ServerConfiguration) {
        current = Mutex(configuration)
    }

    var value: ServerConfiguration {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }
}
