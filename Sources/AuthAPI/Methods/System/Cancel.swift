package import StrictJSON

package struct Cancel: RPCMethod {
    package let id: CallID

    package init(id: CallID) {
        self.id = id
    }

    package struct Reply: Codable, Sendable, JSONExplained {
        package let cancelled: Bool

        package init(cancelled: Bool) {
            self.cancelled = cancelled
        }

        package static let meanings: [String: MemberMeaning] = [
            "cancelled": "False when no such call was in flight."
        ]
    }

    package static let spec = MethodSpec(
        "system.cancel", "Asks that a call of this connection be given up; it is still answered.", role: .any,
        cost: .memory,
        isIdempotent: true)

    package static let example = (params: Cancel(id: CallID(number: 7)), reply: Reply(cancelled: true))
}

/// The id of a call, as its sender wrote it: `1.0` is not `1`.
package struct CallID: Codable, Sendable, JSONShaped {
    package let lexeme: JSONLexeme

    package init(number: Int) {
        lexeme = JSONLexeme(number)
    }

    package init(from decoder: any Decoder) throws {
        lexeme = try JSONLexeme(from: decoder)
        guard lexeme.kind == .number || lexeme.kind == .string else {
            throw Malformed(mismatchReason: "must be a number or a string")
        }
    }

    package func encode(to encoder: any Encoder) throws { try lexeme.encode(to: encoder) }

    package static var jsonShape: JSONShape {
        .any.with { $0.summary = "A number or a string, written as in the call." }
    }
    package static var shapePlaceholder: Self { Self(number: 0) }
}
