internal import AuthAPI
internal import MVPAuth
internal import StrictJSON

extension SubscribeHooks: MethodHandler {
    func answer(to call: Call) throws(AuthError) -> Answer<Reply> {
        let all = EmailMessage.Kind.allCases
        let kinds = events.map { names in Set(all.filter { names.contains($0.rawValue) }) } ?? Set(all)
        guard !kinds.isEmpty else {
            let known = all.map(\.rawValue).joined(separator: ", ")
            throw AuthError(.invalidParams, fields: [.init("events", "must name one of \(known)")])
        }
        let app = call.rights.app.hearsAll ? nil : call.caller.app
        let (connection, server) = (call.connection, call.server)
        return .ask { () async throws(AuthError) in
            let name = await server.emails.subscribe(
                to: kinds, of: app, prefetch: prefetch?.value ?? Prefetch.standard,
                milliseconds: ackTimeoutMS?.value ?? AckTimeout.standard
            ) { event in
                let link = server.configuration.links.link(for: event)
                connection.notify(HookEvent(event, subscription: event.delivery.owner, link: link))
            }
            guard connection.keep(name) else {
                await server.emails.abandon(name)
                throw AuthError(
                    .overloaded, "A connection has at most \(ConnectionState.maximumSubscriptions) subscriptions.")
            }
            return Reply(subscription: name)
        }
    }
}

extension AcknowledgeHook: MethodHandler {
    func answer(to call: Call) -> Answer<Reply> {
        .ask { () async throws(AuthError) in
            guard let message = MessageID(anyCase: deliveryID) else { return Reply(stale: true) }
            let status: EmailBroker.Status =
                switch status {
                case .success: .success
                case .retry: .retry
                case .drop: .drop
                }
            for subscription in call.connection.subscriptions {
                let isDone = try await call.server.emails.settle(
                    message, of: subscription, status, after: delayMS.map { Int64($0.value) }, reason: reason?.text)
                if isDone { return Reply() }
            }
            return Reply(stale: true)
        }
    }
}

extension UnsubscribeHooks: MethodHandler {
    func answer(to call: Call) -> Answer<Reply> {
        .ask { () async throws(AuthError) in
            if call.connection.subscriptions.contains(subscription),
                await call.server.emails.unsubscribe(subscription)
            {
                call.connection.drop(subscription)
            }
            return Reply()
        }
    }
}
