internal import AuthAPI
internal import MVPAuth

extension QueryAudit: MethodHandler {
    func answer(to call: Call) -> Answer<Reply> {
        let filter = EventFilter(user: userID, kind: event, app: app?.text, since: since, until: until)
        let request = PageRequest(
            PagedList(
                Self.spec.name,
                filters: [
                    userID?.description, event?.rawValue, app?.text, since?.description, until?.description,
                ]), after: cursor?.text, limit: limit?.value ?? PageSize.standard)
        return .ask { () async throws(AuthError) in
            let page = try await call.system.audit.events(filter, request)
            return Reply(events: page.elements.map { AuditEvent($0) }, next: page.next)
        }
    }
}

extension ListEvents: MethodHandler {
    func answer(to call: Call) -> Answer<[EventResponse]> {
        .ask { () async throws(AuthError) in
            let user = try await call.principal(of: self).user
            let events = try await call.system.audit.events(
                of: user, limit: limit?.value ?? OwnEventCount.range.upperBound)
            return events.map { EventResponse($0.event, deviceInfo: $0.deviceInfo) }
        }
    }
}
