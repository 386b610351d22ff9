package import StrictJSON

/// Asks, best effort, that a call of this connection be given up. The cancelled call is still answered.
package struct Cancel: RPCMethod {
    package let id: CallID

    package init(id: CallID) {
        self.id = id
    }

    package struct Reply: Codable, Sendable {
        /// False when no such call was in flight.
        package let cancelled: Bool

        package init(cancelled: Bool) {
            self.cancelled = cancelled
        }
    }

    package static let spec = MethodSpec(
        "system.cancel", "Asks that a call of this connection be given up; it is still answered.", role: .any,
        isIdempotent: true)

    package static let example = (params: Cancel(id: .number(7)), reply: Reply(cancelled: true))
}

/// The id of a call, as its sender wrote it.
package enum CallID: Codable, Sendable, JSONShaped {
    case number(Int)
    case text(String)

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else {
            throw Malformed(mismatchReason: "must be an integer or a string")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        }
    }

    package static var jsonShape: JSONShape { .any.with { $0.summary = "An integer or a string." } }
    package static var shapePlaceholder: Self { .number(0) }
}
