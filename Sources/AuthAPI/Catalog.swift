/// The methods of a service, as a list of types. Everything that is said about methods folds over it.
package struct Catalog<each Method: RPCMethod>: Sendable {
    package init(_ methods: repeat (each Method).Type) {
        var names: Set<String> = []
        for method in repeat each methods {
            precondition(names.insert(method.spec.name).inserted, "\(method.spec.name) is declared twice")
        }
    }

    /// Calls `body` with each method's type, in order.
    package func forEach(_ body: (any RPCMethod.Type) -> Void) {
        for method in repeat (each Method).self { body(method) }
    }

    package var methods: [any RPCMethod.Type] {
        var all: [any RPCMethod.Type] = []
        forEach { all.append($0) }
        return all
    }
}

/// Every method, in the order of the documents.
package let authAPI = Catalog(
    Register.self,
    Login.self,
    Refresh.self,
    Logout.self,
    LogoutAll.self,
    GetCurrentUser.self,
    FindUser.self,
    VerifyEmail.self,
    ResendVerification.self,
    ForgotPassword.self,
    ResetPassword.self,
    ChangePassword.self,
    ListSessions.self,
    RevokeSession.self,
    ListEvents.self,
    VerifyToken.self,
    SubscribeHooks.self,
    AcknowledgeHook.self,
    UnsubscribeHooks.self,
    ListUsers.self,
    GetUser.self,
    CreateUser.self,
    UpdateUser.self,
    SetPassword.self,
    SignOut.self,
    UnblockUser.self,
    DeleteUser.self,
    ListAllSessions.self,
    ListApps.self,
    ImportUsers.self,
    ExportUsers.self,
    QueryAudit.self,
    ListMailbox.self,
    ListMessages.self,
    GetMessage.self,
    RetryMessage.self,
    DropMessage.self,
    SendTestMessage.self,
    Hello.self,
    Ping.self,
    Info.self,
    Health.self,
    Cancel.self,
    Discover.self,
    Stats.self,
    Metrics.self,
    Reload.self,
    Drain.self,
    SetLogLevel.self,
    PurgeExpired.self
)

/// Every notification, in the order of the documents.
package let authNotifications: [any RPCNotification.Type] = [Draining.self, HookEvent.self]
