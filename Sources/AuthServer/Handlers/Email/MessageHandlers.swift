internal import AuthAPI
internal import MVPAuth
internal import StrictJSON

extension ListMessages: MethodHandler {
    func answer(to call: Call) -> Answer<Reply> {
        .ask { () async throws(AuthError) in
            let request = PageRequest(
                PagedList(Self.spec.name, filters: [state?.rawValue, kind?.rawValue, userID?.description]),
                after: cursor, limit: limit?.value ?? PageSize.standard)
            let filter = MessageFilter(state: state, kind: kind, userID: userID, limit: request.limit)
            let page = try await call.system.emails.list(filter, request)
            return Reply(messages: page.elements.map { OutboxMessage($0) }, next: page.next)
        }
    }
}

extension GetMessage: MethodHandler {
    func answer(to call: Call) -> Answer<Reply> {
        .ask { () async throws(AuthError) in OutboxMessage(try await call.system.emails.message(messageID)) }
    }
}

extension RetryMessage: MethodHandler {
    func answer(to call: Call) -> Answer<Reply> {
        .ask { () async throws(AuthError) in OutboxMessage(try await call.system.emails.retry(messageID)) }
    }
}

extension DropMessage: MethodHandler {
    func answer(to call: Call) -> Answer<Reply> {
        .ask { () async throws(AuthError) in OutboxMessage(try await call.system.emails.drop(messageID)) }
    }
}

extension SendTestMessage: MethodHandler {
    func answer(to call: Call) -> Answer<Reply> {
        .ask { () async throws(AuthError) in
            OutboxMessage(try await call.system.emails.sendTest(to: email, app: app?.text ?? call.caller.app))
        }
    }
}

extension ListMailbox: MethodHandler {
    func answer(to call: Call) throws(AuthError) -> Answer<Reply> {
        guard let mailbox = call.server.mailbox else {
            throw AuthError(.permissionDenied, "Only a daemon in development (--dev) keeps a mailbox.")
        }
        // Somebody who hears of one app's messages only is no developer of this daemon.
        guard call.caller.app == nil || call.rights.app.hearsAll else {
            throw AuthError(.permissionDenied, "The mailbox holds the messages of every app.")
        }
        return .known(Reply(emails: mailbox.all))
    }
}
