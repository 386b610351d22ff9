/// The texts of answers that say only that something was done.
package enum Messages {
    package static let verificationSent = Message("If the email exists, a verification link was sent.")
    package static let resetSent = Message("If the email exists, a reset link was sent.")
    package static let passwordReset = Message("Password has been reset.")
    package static let passwordChanged = Message("Password changed.")
    package static let loggedOut = Message("Logged out.")
    package static let accountDeleted = Message("Account deleted.")
    package static let accountUnblocked = Message("Account unblocked.")
    package static let resetMessageSent = Message("A reset message waits to be sent.")
    package static let sessionRevoked = Message("Session revoked.")
}
