import AuthTesting
import MVPAuth
import Testing

@Suite("Messages of errors")
struct ErrorMessageTests {
    @Test(
        "The twelve codes of the Python library have its texts, word for word",
        arguments: [
            (AuthError.Code.invalidCredentials, "Invalid credentials"),
            (.tokenExpired, "Token has expired"),
            (.tokenInvalid, "Token is invalid"),
            (.tokenRevoked, "Token has been revoked"),
            (.tokenReuse, "Refresh token reuse detected"),
            (.emailNotVerified, "Email not verified"),
            (.userExists, "User already exists"),
            (.alreadyVerified, "Email is already verified"),
            (.userNotFound, "User not found"),
            (.sessionNotFound, "Session not found"),
            (.invalidVerificationToken, "Invalid verification token"),
        ])
    func library(code: AuthError.Code, text: String) {
        #expect(code.message == text)
    }

    private func message(_ body: () async throws(AuthError) -> Void) async -> String? {
        do throws(AuthError) {
            try await body()
            return nil
        } catch {
            return error.message
        }
    }

    @Test("A wrong current password, also one that changed meanwhile, is called that")
    func currentPassword() async throws {
        let world = try await World()
        let user = try await world.register()
        for wrong in ["wrong", "", String(repeating: "x", count: 2000)] {
            #expect(
                await message { () async throws(AuthError) in
                    try await world.system.passwords.changePassword(
                        of: user.id, current: Secret(wrong), new: Secret("another long phrase"))
                } == "Current password is incorrect")
        }
        #expect(
            await message { () async throws(AuthError) in
                _ = try await world.system.auth.login(email: user.email, password: Secret("wrong"))
            } == "Invalid credentials")
    }

    @Test("A reset token that will not do is called one: forged, used, of another kind, out of time")
    func resetToken() async throws {
        let world = try await World()
        let user = try await world.register()
        let verification = try await world.mails.token(.verification)
        try await world.system.passwords.forgotPassword(email: user.email)
        let used = try await world.mails.token(.passwordReset)
        try await world.system.passwords.resetPassword(token: used, newPassword: Secret("another long phrase"))
        world.clock.advance(61)
        try await world.system.passwords.forgotPassword(email: user.email)
        let late = try await world.mails.token(.passwordReset)
        world.clock.advance(3600)
        let unfit = [Secret("forged"), verification, used, late, try world.foreignToken(.access, of: user)]
        for token in unfit {
            #expect(
                await message { () async throws(AuthError) in
                    try await world.system.passwords.resetPassword(token: token, newPassword: Secret("one more phrase"))
                } == "Invalid password reset token")
        }
        for token in [Secret("forged"), used] {
            #expect(
                await message { () async throws(AuthError) in
                    _ = try await world.system.users.verifyEmail(token: token)
                } == "Invalid verification token")
        }
    }
}
