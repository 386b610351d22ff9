internal import StrictJSON

/// What the members of params and replies mean, by name: a name means the same wherever it stands.
package enum Glossary {
    package static let meanings = words.merging(Limits.adjustable.map { ($0.name.rawValue, $0.summary) }) { word, _ in
        word
    }

    private static let words = [
        "access_token": "A living access token.",
        "app": "The application for which the peer speaks, or for which the token was made.",
        "aud": "The audience, on a service that has one.",
        "calls": "How often each method was called.",
        "cancelled": "False when no such call was in flight.",
        "capabilities": "What the server can do besides the methods.",
        "client": "The program that calls.",
        "connections": "Connections in all.",
        "connections_accepted": "Connections that were accepted.",
        "connections_refused": "Connections that were refused.",
        "created_at": "When it was created.",
        "current": "Whether the call was made from this session.",
        "current_password": "The password that is to be replaced.",
        "device_info": "The device, as the owner of the session will see it.",
        "email": "The address of the account.",
        "errors": "How often each error was answered.",
        "exp": "When the token expires, in seconds since 1970.",
        "expires_at": "When it ends unless it is used before.",
        "expires_in": "For how many seconds the access token lives.",
        "gid": "The group of the caller, by the kernel.",
        "iat": "When the token was made, in seconds since 1970.",
        "id": "A UUID, written in lower case.",
        "instance_id": "The daemon's process: another one after each start.",
        "ip_address": "The address from which the session is used.",
        "is_active": "Whether the account may be used.",
        "is_revoked": "Whether the session was ended.",
        "is_verified": "Whether the address has been proved.",
        "iss": "The issuer, on a service that has one.",
        "jti": "The identifier of the token.",
        "last_used_at": "When it was begun or last refreshed.",
        "level": "The least severe level that is logged.",
        "limits": "What the server accepts from the peer; of the counters, how often each limit was met.",
        "message": "What was done, for people.",
        "name": "The name of the program.",
        "new_password": "The password from now on.",
        "openrpc_sha256": "The SHA-256 of what `rpc.discover` answers, in hexadecimal.",
        "password": "The password of the account.",
        "peer": "Who the caller is.",
        "pong": "Always true.",
        "protocol": "The version of this protocol, or those that can be spoken.",
        "purged": "How many rows were removed.",
        "refresh_token": "A refresh token: it works once.",
        "replies_kept": "Answers kept for calls under an idempotency key.",
        "revoked": "How many sessions were ended.",
        "roles": "The roles of the connection; of a call, those to keep, the others being given up.",
        "server": "The program that answers.",
        "session_id": "The session: a UUID, written in lower case.",
        "started_at": "When the daemon started.",
        "status": "Always `ok`: a service that is not well answers with an error.",
        "store": "The kind of the store; of its health, `ok`.",
        "sub": "The user: a UUID, written in lower case.",
        "token": "The token that was sent to the address.",
        "token_type": "Always `bearer` (RFC 6750).",
        "type": "Always `access`.",
        "uid": "The user of the caller, by the kernel.",
        "updated_at": "When it was last changed.",
        "uptime_seconds": "For how long the daemon has been running.",
        "user_id": "The user, instead of `access_token`: from peers with the role `trusted`.",
        "version": "The version of the program.",
    ]

    private static let formats = ["email": "email"]

    /// The shape with a meaning for each member that has none of its own, at any depth.
    static func explain(_ shape: JSONShape) -> JSONShape {
        shape.with { shape in
            switch shape.kind {
            case .array(let element): shape.kind = .array(explain(element))
            case .map(let value): shape.kind = .map(explain(value))
            case .object(let fields): shape.kind = .object(fields.map(explain))
            case .any, .string, .integer, .number, .boolean: break
            }
        }
    }

    private static func explain(_ field: JSONShape.Field) -> JSONShape.Field {
        var field = field
        field.shape = explain(field.shape)
        field.shape.summary = field.shape.summary ?? meanings[field.name]
        field.shape.format = field.shape.format ?? formats[field.name]
        return field
    }
}
