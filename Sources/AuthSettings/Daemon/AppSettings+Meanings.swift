package import StrictJSON

extension AppSettings: JSONExplained {
    package static let meanings: [String: MemberMeaning] = [
        "name": """
        1 to 32 of a to z, 0 to 9 and hyphens. Tokens say it in the claim `app`; only the app that began a \
        session refreshes it.
        """,
        "socket": "A socket of its own, `app-NAME.sock`: whoever may open it is this app.",
        "users": """
        Users of the host that are this app on the other sockets, by name or number. A user counts before a \
        group.
        """,
        "groups": "Groups of the host whose members are this app on the other sockets, by name or number.",
        "roles": """
        What it may do; `client`, if nothing is said. `trusted` may name a `user_id` instead of a token, and \
        find one by its address.
        """,
        "methods": """
        The methods that it may call, as `auth.login` or `auth.*`; all that its roles allow, if nothing is \
        said. Methods without a role are always allowed.
        """,
        "audience": """
        The claim `aud` of its tokens, and the only one that it accepts; `AUTH_AUDIENCE`, if nothing is \
        said.
        """,
        "calls_per_second": """
        How many calls it may make, over all its connections; beyond it they are `RATE_LIMITED`, with \
        `retry_after_ms`.
        """,
        "burst": "How many calls may come at once after a pause; those of one second, if nothing is said.",
        "hooks": """
        With the role `hooks`: the emails of which users' actions it is handed, those through this app (`own`, if \
        nothing is said) or `all`.
        """,
        "asserts_addresses": """
        Whether the `ip_address` that it says of its users is to be believed; `true`, if nothing is said. Guesses of an \
        app that is not to be believed are counted by account and by device only.
        """,
        "links": """
        What the links in emails to its users begin with, as `https://shop.example.org`; `AUTH_LINK_BASE_URL`, if \
        nothing is said.
        """,
    ]
}

extension AppSettings.Socket: JSONExplained {
    package static let meanings: [String: MemberMeaning] = [
        "group": "The group that may open the socket; the daemon's, if nothing is said."
    ]
}
