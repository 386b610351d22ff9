package import StrictJSON

/// What the server accepts from its peers. What each is, and what happens there: ``adjustable``.
package struct Limits: Codable, Sendable, Equatable {
    package var lineBytes = 64 * 1024
    package var replyBytes = 1024 * 1024
    package var batchCalls = 100
    package var nesting = 32
    package var methodBytes = 128
    package var idBytes = 256
    package var callsInFlight = 64
    package var callsInFlightPerUID = 1024
    package var hashingInFlight = 256
    package var lineSeconds = 30
    package var backlogBytes = 1024 * 1024
    package var backlogBytesPerUID = 16 * 1024 * 1024
    package var backlogSeconds = 30
    package var outputBytes = 8 * 1024 * 1024
    package var connectionsPerUID = 1024
    package var connectionsPerSecond = 4000
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
    /// A limit as an operator knows it.
    package struct Adjustable: Sendable {
        package let name: Name
        package let place: any WritableKeyPath<Limits, Int> & Sendable
        /// What an operator may set it to.
        package let range: ClosedRange<Int>
        /// What is counted, in words.
        package let summary: String
        /// What happens at the limit.
        package let beyond: String

        init(
            _ name: Name, _ place: any WritableKeyPath<Limits, Int> & Sendable, _ range: ClosedRange<Int>,
            _ summary: String, beyond: String
        ) {
            self.name = name
            self.place = place
            self.range = range
            self.summary = summary
            self.beyond = beyond
        }
    }

    package static let adjustable: [Adjustable] = [
        Adjustable(
            .lineBytes, \.lineBytes, 1024...1_048_576, "Bytes in a line.",
            beyond: "It is skipped and answered with `MESSAGE_TOO_LARGE`; the connection ends after 3, or 16 MiB."),
        Adjustable(
            .replyBytes, \.replyBytes, 4096...16_777_216, "Bytes in a line that answers.",
            beyond: "`MESSAGE_TOO_LARGE` instead of the reply; what follows in a batch is not executed."),
        Adjustable(.batchCalls, \.batchCalls, 1...10_000, "Calls in a batch.", beyond: "`BATCH_TOO_LARGE`."),
        Adjustable(
            .nesting, \.nesting, 4...256, "Arrays and objects inside one another.", beyond: "`PARSE_ERROR`."),
        Adjustable(
            .methodBytes, \.methodBytes, 32...1024, "Bytes in a method's name.", beyond: "`INVALID_REQUEST`."),
        Adjustable(.idBytes, \.idBytes, 16...4096, "Bytes in an id.", beyond: "`INVALID_REQUEST`."),
        Adjustable(
            .callsInFlight, \.callsInFlight, 1...4096, "Calls of a connection that wait for their answer.",
            beyond: "Nothing more is read."),
        Adjustable(
            .callsInFlightPerUID, \.callsInFlightPerUID, 1...65_536,
            "Calls of a user's connections that wait for their answer.", beyond: "Nothing more is read."),
        Adjustable(
            .hashingInFlight, \.hashingInFlight, 1...65_536,
            "Calls of a connection that wait for a password to be hashed.",
            beyond: """
                One more is `OVERLOADED`, and everything else is served: these calls are counted apart. For all \
                connections of a user together the bound is `calls_in_flight_per_uid`.
                """),
        Adjustable(
            .lineSeconds, \.lineSeconds, 1...3600, "How long a line may stay unfinished.",
            beyond: "The connection ends."),
        Adjustable(
            .backlogBytes, \.backlogBytes, 16_384...67_108_864, "Answers not taken at which reading stops.",
            beyond: "Nothing more is read."),
        Adjustable(
            .backlogBytesPerUID, \.backlogBytesPerUID, 1_048_576...1_073_741_824,
            "Answers not taken by a user's connections at which reading from them stops.",
            beyond: "Nothing more is read from them."),
        Adjustable(
            .backlogSeconds, \.backlogSeconds, 1...3600, "How long answers may stay not taken.",
            beyond: "Without progress for so long at one of the limits above, the connection ends."),
        Adjustable(
            .outputBytes, \.outputBytes, 65_536...268_435_456, "Answers not taken at which a connection ends.",
            beyond: "The connection ends at once."),
        Adjustable(
            .connectionsPerUID, \.connectionsPerUID, 1...1_000_000, "Connections of one user of the host.",
            beyond: "One more is closed; not on `admin.sock`."),
        Adjustable(
            .connectionsPerSecond, \.connectionsPerSecond, 10...1_000_000, "Connections accepted in a second.",
            beyond: "The next wait to be accepted; not on `admin.sock`."),
        Adjustable(
            .connections, \.connections, 16...1_000_000, "Connections in all.",
            beyond: """
                The next wait to be accepted; not on `admin.sock`. Never more than three quarters of the files that the \
                process may open.
                """),
    ]
}
