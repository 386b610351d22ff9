internal import ArgumentParser

/// Accounts, from an operator's side.
struct UsersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users", abstract: "Shows and changes accounts.",
        discussion: """
            These go through admin.sock, which is found by itself. USER is an address, in any spelling of it, or an \
            identifier.
            """,
        subcommands: [
            ListUsersCommand.self, ShowUserCommand.self, AddUserCommand.self, EditUserCommand.self,
            SetPasswordCommand.self, EnableUserCommand.self, DisableUserCommand.self, SignOutUserCommand.self,
            UnblockUserCommand.self,
            DeleteUserCommand.self, ImportUsersCommand.self, ExportUsersCommand.self,
        ])
}
