package import MVPAuth
package import StrictJSON

package struct DropMessage: RPCMethod {
    package let messageID: MessageID

    package static let meanings: [String: MemberMeaning] = ["message_id": "The message."]

    package init(messageID: MessageID) {
        self.messageID = messageID
    }

    package typealias Reply = OutboxMessage

    package static let spec = MethodSpec(
        "admin.drop_message",
        """
        Gives a message up. Whoever has it right now may still send it; what they say of it then changes nothing.
        """,
        role: .admin, cost: .store, isIdempotent: true, errors: [.validation])

    package static let example = (
        params: DropMessage(messageID: Examples.messageID), reply: Examples.droppedMessage
    )
}
