internal import AuthAPI
internal import MVPAuth

extension ForgotPassword: MethodHandler {
    func answer(to call: Call) -> Answer<Message> {
        .ask { () async throws(AuthError) in
            try await call.system.passwords.forgotPassword(email: email, for: call.caller)
            return Messages.resetSent
        }
    }
}

extension ResetPassword: MethodHandler {
    func answer(to call: Call) -> Answer<Message> {
        .ask { () async throws(AuthError) in
            try await call.system.passwords.resetPassword(token: token, newPassword: newPassword, for: call.caller)
            return Messages.passwordReset
        }
    }
}

extension ChangePassword: MethodHandler {
    func answer(to call: Call) -> Answer<Message> {
        .ask { () async throws(AuthError) in
            try await call.system.passwords.changePassword(
                of: await call.principal(of: self).user, current: currentPassword, new: newPassword, for: call.caller)
            return Messages.passwordChanged
        }
    }
}
