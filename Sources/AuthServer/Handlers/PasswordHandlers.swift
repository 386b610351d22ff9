internal import AuthAPI
internal import MVPAuth

extension ForgotPassword: SuspendingMethod {
    package func reply(to call: Call) async throws(AuthError) -> Message {
        try await call.system.passwords.forgotPassword(email: email)
        return Messages.resetSent
    }
}

extension ResetPassword: SuspendingMethod {
    package func reply(to call: Call) async throws(AuthError) -> Message {
        try await call.system.passwords.resetPassword(token: token, newPassword: newPassword, app: call.app)
        return Messages.passwordReset
    }
}

extension ChangePassword: SuspendingMethod {
    package func reply(to call: Call) async throws(AuthError) -> Message {
        try await call.system.passwords.changePassword(
            of: call.principal(of: self).user, current: currentPassword, new: newPassword, app: call.app)
        return Messages.passwordChanged
    }
}
