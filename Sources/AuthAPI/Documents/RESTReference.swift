/// The REST rows for people to read, as Markdown.
package enum RESTReference {
    package static func markdown() -> String {
        let methods = MethodDescription.all
        let rows = methods.compactMap { method in method.spec.rest.map { row($0, of: method) } }
        let failures = RESTFailure.own.map { ["\($0.status)", "`\($0.code)`", $0.detail] }
        return """
            # REST routes

            Generated from the catalogue by `make generate`. The same as a document for programs:
            [openapi.json](openapi.json), or `/openapi.json` of a running shim, which has a page to try the routes at
            `/docs`. The params and answers are those of the methods in [rpc.md](rpc.md).

            All below `/auth`, or what `MVP_AUTH_HTTP_PREFIX` says.

            \(Markdown.table(["group", "name", "route", "body", "answer", "calls"], rows))

            A route with a bearer takes `Authorization: Bearer` (RFC 6750 §2.1) with an access token. HEAD goes wherever
            GET does. Members of a body that a route does not name are ignored.

            `--include` and `--exclude` take groups and names of routes, separated by commas:
            \(list(RouteSelection.groupNames)); \(list(RouteSelection.routeNames)).

            ## Errors

            `{"detail": "for people", "code": "FOR_PROGRAMS"}`, for bad input with `"errors": [{"field", "reason"}]`. The
            codes are those of [rpc.md](rpc.md#errors), with the statuses in that table. The shim has some of its own:

            \(Markdown.table(["status", "`code`", "`detail`"], failures))

            Every 401 has `WWW-Authenticate`; 429 and 503 have `Retry-After`. Every answer has an `X-Request-ID`; an answer
            of 5xx is a line with it in the log. A request that carries `traceparent` (W3C Trace Context) is found in the
            logs of the shim and of the daemon by the id of its trace.

            ## Repeating a call

            `\(IdempotencyKey.header)` (\(IdempotencyKey.length.lowerBound) to \(IdempotencyKey.length.upperBound) \
            printable ASCII characters) makes repeating a call safe for a minute: the same key gets the same answer, and
            another call under it is refused with 422. Keys of another address or another token are other keys.

            ## Beside the routes

            | route | says |
            |---|---|
            | `GET /healthz` | whether the shim answers |
            | `GET /readyz` | whether the daemon can serve calls |
            | `/authz` | whether a bearer token is alive, for `auth_request` of nginx and its like: 200 with \
            `X-Auth-User` and `X-Auth-Session`, else 401, 403 or 503 |
            | `GET /openapi.json` | what this shim serves, as OpenAPI 3.1 |
            | `GET /docs` | the same as a page where every route can be tried |

            Pages of other origins may call the routes from a browser when `--cors-origin https://app.example.org` names
            theirs; never with cookies, and never on `/authz`.

            """
    }

    private static func row(_ route: RESTRoute, of method: MethodDescription) -> [String] {
        var body = route.body.joined(separator: ", ")
        if route.bodyReplacesBearer { body = "nothing, or \(body) instead of the bearer" }
        let name = method.spec.name
        return [
            route.group.rawValue, "`\(route.name)`",
            "`\(route.verb.rawValue) \(route.path)`\(route.isProtected ? ", bearer" : "")", body,
            "\(route.status) \(method.replyName)\(isList(method) ? ", a list" : "")",
            "[`\(name)`](rpc.md#\(Reference.anchor(name)))",
        ]
    }

    private static func isList(_ method: MethodDescription) -> Bool {
        if case .array = method.reply.kind { true } else { false }
    }

    private static func list(_ names: [String]) -> String { names.map { "`\($0)`" }.joined(separator: ", ") }
}
