internal import MVPAuth
package import StrictJSON

package struct AcknowledgeHook: RPCMethod {
    package let deliveryID: String
    package let status: Status
    package let delayMS: BoundedNumber<RetryDelay>?
    package let reason: BoundedText<HookReason>?

    package enum Status: String, NamedCase {
        case success
        case retry
        case drop
    }

    package static let meanings: [String: MemberMeaning] = [
        "delivery_id": "The delivery.",
        "status": "What became of it: it was taken, is to be made again, or is to be given up.",
        "delay_ms": "After how many milliseconds it is to be made again; a random time when it is left out.",
        "reason": "Why it was not taken, for operators. No secret belongs here.",
    ]

    package init(deliveryID: String, status: Status, delayMS: Int? = nil, reason: String? = nil) {
        self.deliveryID = deliveryID
        self.status = status
        self.delayMS = delayMS.flatMap { BoundedNumber($0) }
        self.reason = reason.flatMap { BoundedText($0) }
    }

    package struct Reply: Codable, Sendable, JSONExplained {
        package let stale: Bool?

        package static let meanings: [String: MemberMeaning] = [
            "stale":
                "True when there is no such delivery any more: it was made again, or ended, and nothing was changed."
        ]

        package init(stale: Bool? = nil) {
            self.stale = stale
        }
    }

    package static let spec = MethodSpec(
        "hooks.ack", "Says what became of a delivery.", role: .hooks, cost: .store, isIdempotent: true)

    package static let example = (
        params: AcknowledgeHook(
            deliveryID: Examples.messageID.description, status: .retry, delayMS: 60_000, reason: "451 try later"),
        reply: Reply(stale: true)
    )
}
