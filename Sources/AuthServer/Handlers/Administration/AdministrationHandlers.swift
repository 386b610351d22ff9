internal import AuthAPI
internal import MVPAuth

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
