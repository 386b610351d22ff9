internal import StrictJSON

/// `endpoints.jsonl`: where a client looks for the socket. `searched` is where it may be, in order; `path` is taken:
/// the first of them that is in `exists`, else the last.
enum EndpointVectors {
    static let rows: [JSON] = [
        row("nothing is said", [:], ["/run/mvp-auth/mvp-auth.sock"]),
        row("an argument", ["MVP_AUTH_SOCKET": "/e.sock"], ["/a.sock"], argument: "/a.sock"),
        row("an argument as a URL", [:], ["/a b.sock"], argument: "unix:///a b.sock"),
        row("a URL", ["MVP_AUTH_SOCKET": "unix:///s/m.sock", "MVP_AUTH_RUNTIME_DIR": "/r"], ["/s/m.sock"]),
        row("a path", ["MVP_AUTH_SOCKET": "/s/m.sock"], ["/s/m.sock"]),
        row("a directory and no other", ["MVP_AUTH_RUNTIME_DIR": "/r", "XDG_RUNTIME_DIR": "/x"], ["/r/mvp-auth.sock"]),
        row("a user's session without a daemon of its own", ["XDG_RUNTIME_DIR": "/run/user/1000"], ofSession),
        row(
            "a user's session with one", ["XDG_RUNTIME_DIR": "/run/user/1000"], ofSession,
            exists: ["/run/user/1000/mvp-auth/mvp-auth.sock"], path: "/run/user/1000/mvp-auth/mvp-auth.sock"),
        row(
            "a user's session and the system's daemon", ["XDG_RUNTIME_DIR": "/run/user/1000"], ofSession,
            exists: ["/run/mvp-auth/mvp-auth.sock"], path: "/run/mvp-auth/mvp-auth.sock"),
        row(
            "both: the user's own", ["XDG_RUNTIME_DIR": "/run/user/1000"], ofSession, exists: ofSession,
            path: "/run/user/1000/mvp-auth/mvp-auth.sock"),
        row("a service's own runtime directory", ["RUNTIME_DIRECTORY": "/run/shop"], ["/run/mvp-auth/mvp-auth.sock"]),
        row(
            "empty variables are as unset",
            ["MVP_AUTH_SOCKET": "", "MVP_AUTH_RUNTIME_DIR": "", "XDG_RUNTIME_DIR": "", "RUNTIME_DIRECTORY": ""],
            ["/run/mvp-auth/mvp-auth.sock"]),
    ]

    private static let ofSession = ["/run/user/1000/mvp-auth/mvp-auth.sock", "/run/mvp-auth/mvp-auth.sock"]

    private static func row(
        _ name: String, _ environment: KeyValuePairs<String, String>, _ searched: [String], exists: [String] = [],
        path: String? = nil, argument: String? = nil
    ) -> JSON {
        [
            "name": .string(name), "argument": argument.map(JSON.string) ?? .null,
            "environment": .object(environment.map { JSON.Member($0.key, .string($0.value)) }),
            "exists": .array(exists.map(JSON.string)), "searched": .array(searched.map(JSON.string)),
            "path": .string(path ?? searched.last ?? ""),
        ]
    }
}
