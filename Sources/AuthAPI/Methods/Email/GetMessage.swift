package import MVPAuth
package import StrictJSON

package struct GetMessage: RPCMethod {
    package let messageID: MessageID

    package static let meanings: [String: MemberMeaning] = ["message_id": "The message."]

    package init(messageID: MessageID) {
        self.messageID = messageID
    }

    package typealias Reply = OutboxMessage

    package static let spec = MethodSpec(
        "admin.get_message",
        "Gives one message of the outbox, without its token.",
        role: .admin, cost: .store, isIdempotent: true, errors: [.validation])

    package static let example = (
        params: GetMessage(messageID: Examples.messageID), reply: Examples.outboxMessage
    )
}
