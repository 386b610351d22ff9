internal import AuthAPI
internal import MVPAuth

extension ForgotPassword: SuspendingMethod {
    func reply(to call: Call) async throws(AuthError) -> Message {
        try await call.system.passwords.forgotPassword(email: email)
        return Messages.resetSent
    }
}

extension ResetPassword: SuspendingMethod {
    func reply(to call: Call) async throws(AuthError) -> Message {
        try await call.system.passwords.resetPassword(token: token, newPassword: newPassword, for: call.caller)
        return Messages.passwordReset
    }
}

extension ChangePassword: SuspendingMethod {
    func reply(to call: Call) async throws(AuthError) -> Message {
        try await call.system.passwords.changePassword(
            of: await call.principal(of: self).user, current: currentPassword, new: newPassword, for: call.caller)
        return Messages.passwordChanged
    }
}
