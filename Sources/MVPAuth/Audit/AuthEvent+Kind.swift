extension AuthEvent {
    /// Everything that is noted. A new one is a case, its meaning, and a `record` where it happens.
    public enum Kind: String, Sendable, CaseIterable, Storable {
        case accountRegistered = "account.registered"
        case accountVerified = "account.verified"
        case accountUpdated = "account.updated"
        case accountDeactivated = "account.deactivated"
        case accountActivated = "account.activated"
        case accountDeleted = "account.deleted"
        case loginSucceeded = "login.succeeded"
        case loginFailed = "login.failed"
        case loginThrottled = "login.throttled"
        case loginAttack = "login.attack"
        case sessionRevoked = "session.revoked"
        case tokenReuse = "token.reuse"
        case passwordChanged = "password.changed"
        case passwordReset = "password.reset"
        case passwordResetRequested = "password.reset_requested"
        case importFinished = "import.finished"
        case configReloaded = "config.reloaded"
        case adminCreateUser = "admin.create_user"
        case adminUpdateUser = "admin.update_user"
        case adminSetPassword = "admin.set_password"
        case adminSignOut = "admin.sign_out"
        case adminUnblock = "admin.unblock"
        case adminDeleteUser = "admin.delete_user"
        case adminExportUsers = "admin.export_users"
        case adminRetryMessage = "admin.retry_message"
        case adminDropMessage = "admin.drop_message"
        case adminSendTestMessage = "admin.send_test_message"
    }
}

extension AuthEvent.Kind {
    /// What the documents say of it.
    package var meaning: String {
        switch self {
        case .accountRegistered: "An account was created, by its owner or by an operator."
        case .accountVerified: "An address was proved."
        case .accountUpdated: "An operator changed the address of an account, or whether it is proved."
        case .accountDeactivated: "An account was deactivated."
        case .accountActivated: "An account was activated again."
        case .accountDeleted: "An account was deleted."
        case .loginSucceeded: "Somebody signed in."
        case .loginFailed:
            "Somebody did not sign in. `account` is the key of the address; `reason=unverified`: the password was right."
        case .loginThrottled: "An attempt was turned away before the password was looked at, by `layer`."
        case .loginAttack: "In five minutes more than 100 logins failed, and more than ten for each that succeeded."
        case .sessionRevoked:
            """
            A session was ended, because of `by`: `logout`, `logout_all`, `revoke`, `limit` (a newer one took its place), \
            `password`, `deactivated`, `reuse` or `operator`.
            """
        case .tokenReuse: "A used refresh token came back; sessions were ended because of it."
        case .passwordChanged: "A password was replaced; as a failure: whoever tried it did not know the current one."
        case .passwordReset: "A password was replaced by an emailed token."
        case .passwordResetRequested: "Somebody asked for an email to reset a password by, for whatever address."
        case .importFinished: "A batch of accounts was taken over."
        case .configReloaded: "The configuration was read again and is in force."
        case .adminCreateUser, .adminUpdateUser, .adminSetPassword, .adminSignOut, .adminUnblock, .adminDeleteUser,
            .adminRetryMessage, .adminDropMessage, .adminSendTestMessage:
            "An operator called this method. What it did has rows of its own, with the same `request_id`."
        case .adminExportUsers: "An operator began to export accounts with their password hashes."
        }
    }

    /// Whether the owner of an account is shown it: what happened to the account, not what operators did for that.
    package var isForOwner: Bool {
        switch self {
        case .accountRegistered, .accountVerified, .accountUpdated, .accountDeactivated, .accountActivated,
            .accountDeleted, .loginSucceeded, .loginFailed, .loginThrottled, .sessionRevoked, .tokenReuse,
            .passwordChanged, .passwordReset, .passwordResetRequested:
            true
        case .loginAttack, .importFinished, .configReloaded, .adminCreateUser, .adminUpdateUser, .adminSetPassword,
            .adminSignOut, .adminUnblock, .adminDeleteUser, .adminExportUsers, .adminRetryMessage, .adminDropMessage,
            .adminSendTestMessage:
            false
        }
    }
}
