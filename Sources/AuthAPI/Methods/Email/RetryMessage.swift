package import MVPAuth
package import StrictJSON

package struct RetryMessage: RPCMethod {
    package let messageID: MessageID

    package static let meanings: [String: MemberMeaning] = ["message_id": "The message."]

    package init(messageID: MessageID) {
        self.messageID = messageID
    }

    package typealias Reply = OutboxMessage

    package static let spec = MethodSpec(
        "admin.retry_message",
        """
        Makes a message that waits, or was given up, due at once, with all its attempts. One that has expired stays as \
        it is: its purpose has to be asked for again.
        """,
        role: .admin, cost: .store, errors: [.validation])

    package static let example = (
        params: RetryMessage(messageID: Examples.messageID), reply: Examples.outboxMessage
    )
}
