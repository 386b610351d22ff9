internal import AuthAPI
internal import MVPAuth

extension ListUsers: MethodHandler {
    func answer(to call: Call) -> Answer<Reply> {
        let administration = call.system.administration
        let filter = AccountFilter(
            query.map { administration.key($0.text) }, status: status?.filter, isThrottled: status == .throttled)
        let request = PageRequest(
            PagedList(Self.spec.name, filters: [query?.text, status?.rawValue]), after: cursor?.text,
            limit: limit?.value ?? PageSize.standard)
        return .ask { () async throws(AuthError) in
            let page = try await administration.accounts(filter, request)
            return Reply(
                users: page.elements.map { AdminUser($0.user, lastLoginAt: $0.lastLoginAt) }, next: page.next)
        }
    }
}

extension AccountStatus {
    fileprivate var filter: AccountFilter.Status? {
        switch self {
        case .active: .active
        case .inactive: .inactive
        case .unverified: .unverified
        case .throttled: nil
        }
    }
}

extension GetUser: MethodHandler {
    func answer(to call: Call) -> Answer<Reply> {
        let administration = call.system.administration
        return .ask { () async throws(AuthError) in
            let account: AccountDetails
            switch (userID, email) {
            case (let id?, nil): account = try await administration.account(id)
            case (nil, let email?): account = try await administration.account(addressed: email)
            case (nil, nil): throw AuthError(.invalidParams, fields: [.init("user_id", "is missing")])
            case (_?, _?):
                throw AuthError(.invalidParams, fields: [.init("email", "is not allowed beside user_id")])
            }
            return Reply(
                user: AdminUser(account.summary.user, lastLoginAt: account.summary.lastLoginAt),
                sessions: account.sessions, messages: account.messages,
                throttle: account.throttles.map { UserThrottle($0) })
        }
    }
}

extension UserThrottle {
    fileprivate init(_ throttle: AccountThrottle) {
        let kind: Kind =
            switch throttle.kind {
            case .strangers: .strangers
            case .knownNetwork: .knownNetwork
            case .passwordChange: .passwordChange
            case .everybody: .everybody
            }
        self.init(
            kind: kind, failures: Int(clamping: throttle.failures), level: Int(clamping: throttle.level),
            until: throttle.until, closed: throttle.isClosed)
    }
}

extension ListAllSessions: MethodHandler {
    func answer(to call: Call) throws(AuthError) -> Answer<Reply> {
        // Without either, every session of the service would be sorted.
        guard userID != nil || app != nil else {
            throw AuthError(.invalidParams, fields: [.init("user_id", "is missing, and so is app")])
        }
        let request = PageRequest(
            PagedList(Self.spec.name, filters: [userID?.description, app?.text]), after: cursor?.text,
            limit: limit?.value ?? PageSize.standard)
        return .ask { () async throws(AuthError) in
            let filter = SessionFilter(user: userID, app: app?.text)
            let page = try await call.system.administration.sessions(filter, request)
            return Reply(sessions: page.elements.map { AdminSession($0) }, next: page.next)
        }
    }
}

extension ListApps: MethodHandler {
    func answer(to call: Call) -> Answer<Reply> { .known(Reply(apps: call.server.apps)) }
}
