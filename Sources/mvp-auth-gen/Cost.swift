internal import AuthAPI

enum Cost: String { case memory, store, hashing }

extension MethodSpec {
    var cost: Cost {
        switch name {
        case "user.register", "auth.login", "password.reset_password", "password.change_password": .hashing
        case "token.verify", "user.get_current_user", "system.ping", "system.hello", "system.info", "system.cancel",
            "rpc.discover", "system.drain", "system.set_log_level", "system.stats":
            .memory
        default: .store
        }
    }
}
