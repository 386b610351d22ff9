package import StrictJSON

/// What the server accepts from its peers, and what it does at the limit.
package struct Limits: Codable, Sendable, Equatable {
    /// A line without its line feed. A longer one is skipped and answered with `MESSAGE_TOO_LARGE`.
    package var lineBytes = 64 * 1024
    /// A line that answers. A longer one becomes `MESSAGE_TOO_LARGE`.
    package var replyBytes = 1024 * 1024
    /// Calls in a batch. More are `BATCH_TOO_LARGE`.
    package var batchCalls = 100
    /// Arrays and objects inside one another. More are `PARSE_ERROR`.
    package var nesting = 32
    /// A method's name. A longer one is `INVALID_REQUEST`.
    package var methodBytes = 128
    /// An id as it is written. A longer one is `INVALID_REQUEST`.
    package var idBytes = 256
    /// Calls of one connection that wait for their answer. At the limit nothing more is read.
    package var callsInFlight = 64
    /// The same for all connections of a user of the host.
    package var callsInFlightPerUID = 1024
    /// Calls of one connection that wait for a password to be hashed: counted apart, so that they keep nothing else
    /// waiting. One more is `OVERLOADED`; so it is beyond `calls_in_flight_per_uid` of them for a user.
    package var hashingInFlight = 256
    /// How long a line may stay unfinished; then the connection is closed.
    package var lineSeconds = 30
    /// Answers that the peer has not taken. Beyond it nothing more is read.
    package var backlogBytes = 1024 * 1024
    /// Answers that all connections of a user of the host have not taken. Beyond it nothing more is read from them.
    package var backlogBytesPerUID = 16 * 1024 * 1024
    /// How long a backlog at one of these limits may not become smaller; then the connection is closed.
    package var backlogSeconds = 30
    /// Answers that the peer has not taken at which the connection is closed at once.
    package var outputBytes = 8 * 1024 * 1024
    /// Connections of one user of the host. One more is closed.
    package var connectionsPerUID = 1024
    /// Connections that are accepted in a second. More wait to be accepted.
    package var connectionsPerSecond = 4000
    /// Connections in all, and never more than three quarters of the files that the process may open. More wait to be
    /// accepted.
    package var connections = 49_152

    package init() {}

    package static let standard = Limits()

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case lineBytes, replyBytes, batchCalls, nesting, methodBytes, idBytes, callsInFlight, callsInFlightPerUID
        case hashingInFlight, lineSeconds, backlogBytes, backlogBytesPerUID, backlogSeconds, outputBytes
        case connectionsPerUID, connectionsPerSecond, connections

        /// `line_bytes`: what its counter is called, and its setting (`AUTH_LIMIT_LINE_BYTES`).
        package var wireName: String { MemberName.snakeCase(rawValue) }
    }

    package typealias Name = CodingKeys
}

extension Limits: JSONExplained {
    package static let meanings = Dictionary(
        uniqueKeysWithValues: adjustable.map { ($0.name.wireName, MemberMeaning($0.summary)) })
}

extension Limits {
    package typealias Adjustable = (
        name: Name, place: any WritableKeyPath<Limits, Int> & Sendable, range: ClosedRange<Int>, summary: String
    )

    /// What an operator may set each limit to, and what it is in words.
    package static let adjustable: [Adjustable] = [
        (.lineBytes, \.lineBytes, 1024...1_048_576, "Bytes in a line."),
        (.replyBytes, \.replyBytes, 4096...16_777_216, "Bytes in a line that answers."),
        (.batchCalls, \.batchCalls, 1...10_000, "Calls in a batch."),
        (.nesting, \.nesting, 4...256, "Arrays and objects inside one another."),
        (.methodBytes, \.methodBytes, 32...1024, "Bytes in a method's name."),
        (.idBytes, \.idBytes, 16...4096, "Bytes in an id."),
        (.callsInFlight, \.callsInFlight, 1...4096, "Calls of a connection that wait for their answer."),
        (
            .callsInFlightPerUID, \.callsInFlightPerUID, 1...65_536,
            "Calls of a user's connections that wait for their answer."
        ),
        (
            .hashingInFlight, \.hashingInFlight, 1...65_536,
            "Calls of a connection that wait for a password to be hashed."
        ),
        (.lineSeconds, \.lineSeconds, 1...3600, "How long a line may stay unfinished."),
        (.backlogBytes, \.backlogBytes, 16_384...67_108_864, "Answers not taken at which reading stops."),
        (
            .backlogBytesPerUID, \.backlogBytesPerUID, 1_048_576...1_073_741_824,
            "Answers not taken by a user's connections at which reading from them stops."
        ),
        (.backlogSeconds, \.backlogSeconds, 1...3600, "How long answers may stay not taken."),
        (.outputBytes, \.outputBytes, 65_536...268_435_456, "Answers not taken at which a connection ends."),
        (.connectionsPerUID, \.connectionsPerUID, 1...1_000_000, "Connections of one user of the host."),
        (.connectionsPerSecond, \.connectionsPerSecond, 10...1_000_000, "Connections accepted in a second."),
        (.connections, \.connections, 16...1_000_000, "Connections in all."),
    ]
}
