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

extension CreateUser: MethodHandler {
    func answer(to call: Call) throws(AuthError) -> Answer<AdminUser> {
        var account = AccountAdministration.NewAccount(email: email)
        switch (password, passwordHash) {
        case (let password?, nil): account.password = .plain(password)
        case (nil, let hash?): account.password = .hash(hash.reveal())
        case (nil, nil): account.password = .none
        case (_?, _?):
            throw AuthError(.invalidParams, fields: [.init("password_hash", "is not allowed beside password")])
        }
        account.id = id
        account.createdAt = createdAt
        account.isVerified = isVerified ?? false
        account.isActive = isActive ?? true
        return .ask { [account] () async throws(AuthError) in
            AdminUser(try await call.system.administration.create(account, for: call.caller))
        }
    }
}

extension UpdateUser: MethodHandler {
    func answer(to call: Call) -> Answer<AdminUser> {
        .ask { () async throws(AuthError) in
            let administration = call.system.administration
            _ = try await administration.update(
                userID, email: email, isVerified: isVerified, isActive: isActive, for: call.caller)
            let account = try await administration.account(userID).summary
            return AdminUser(account.user, lastLoginAt: account.lastLoginAt)
        }
    }
}

extension SetPassword: MethodHandler {
    func answer(to call: Call) -> Answer<Message> {
        .ask { () async throws(AuthError) in
            let administration = call.system.administration
            guard let password else {
                try await administration.sendReset(to: userID, for: call.caller)
                return Messages.resetMessageSent
            }
            try await administration.setPassword(of: userID, to: password, for: call.caller)
            return Messages.passwordChanged
        }
    }
}

extension SignOut: MethodHandler {
    func answer(to call: Call) -> Answer<Reply> {
        .ask { () async throws(AuthError) in
            Reply(revoked: try await call.system.administration.signOut(userID, session: sessionID))
        }
    }
}

extension UnblockUser: MethodHandler {
    func answer(to call: Call) -> Answer<Message> {
        .ask { () async throws(AuthError) in
            try await call.system.administration.unblock(userID)
            return Messages.accountUnblocked
        }
    }
}

extension DeleteUser: MethodHandler {
    func answer(to call: Call) -> Answer<Message> {
        .ask { () async throws(AuthError) in
            try await call.system.administration.delete(userID, email: email)
            return Messages.accountDeleted
        }
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
