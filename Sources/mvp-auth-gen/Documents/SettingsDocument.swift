internal import AuthAPI
internal import AuthSettings
internal import EmailDelivery
internal import RESTShim
internal import StrictJSON

/// `docs/settings.md`: the settings of the programs, from their declarations.
enum SettingsDocument {
    static var text: String {
        """
        # Settings

        Generated from the programs' declarations by `make generate`. What is in effect on a machine, and everything that
        is wrong there, is printed by `mvp-auth check` for the daemon, by `mvp-auth-http --check` for the shim and by
        `mvp-auth-mail --settings` for the mailer.

        A setting comes from the command line, where there is a flag for it, else from the environment, else from the file
        that `--config` names, else it has its default. Empty is not set. The file has lines of `NAME=value` with the
        quotes, escapes and comments of systemd's `EnvironmentFile=`; nothing in it is passed over, and a name that is
        unknown ends the start with the nearest one. A secret, and `AUTH_DATABASE_URL`, can also be in a file that
        `NAME_FILE` names, or in one called `NAME` in `$CREDENTIALS_DIRECTORY`.

        ## mvp-authd

        \(sections(DaemonSettings.defaults, limits: "AUTH_LIMIT_"))

        ## Apps

        `AUTH_APPS_FILE` names a file that says who the apps of the host are and what they may do:

        ```json
        {"apps": [
          {"name": "shop", "users": ["shop"], "roles": ["client", "trusted"], "audience": "https://shop.example.org"},
          {"name": "blog", "socket": {"group": "blog"}, "methods": ["auth.*", "user.*", "token.verify"],
           "calls_per_second": 200, "burst": 400}
        ]}
        ```

        \(Reference.members(of: Shape.of(AppSettings.self)))

        ## mvp-auth-http

        \(sections(ShimSettings.defaults, limits: "MVP_AUTH_HTTP_LIMIT_"))

        ## mvp-auth-mail

        \(sections(MailSettings.defaults))

        """
    }

    /// - Parameter prefix: what the names of limits begin with, which have a document of their own.
    private static func sections(_ source: SettingSource, limits prefix: String? = nil) -> String {
        var titles: [String] = []
        for setting in source.effective where !titles.contains(setting.section) { titles.append(setting.section) }
        return titles.map { title in
            let settings = source.effective.filter { $0.section == title }
            if let prefix, settings.allSatisfy({ $0.name.utf8.starts(with: prefix.utf8) }) {
                return "### \(title)\n\n`\(prefix)` and the name in capitals: [limits.md](limits.md)."
            }
            return "### \(title)\n\n" + table(settings)
        }.joined(separator: "\n\n")
    }

    private static func table(_ settings: [SettingSource.Effective]) -> String {
        Markdown.table(
            ["setting", "default", "allowed", "meaning"],
            settings.map { setting in
                let names = ["`\(setting.name)`"] + (setting.flag.map { ["`--\($0)`"] } ?? [])
                let isSet = setting.shown != "(not set)" && setting.shown != "[]"
                return [
                    names.joined(separator: ", "), isSet ? "`\(setting.shown)`" : "", setting.allowed, setting.summary,
                ]
            })
    }
}
