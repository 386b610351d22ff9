internal import StrictJSON

/// The routes that stand beside the table.
extension OpenAPI {
    static var system: [(path: String, operation: JSON)] {
        [
            ("/authz", authorization),
            (
                "/healthz",
                probe("healthz", "Says whether this process answers.", failures: RouteFailures.ofHealth)
            ),
            (
                "/readyz",
                probe("readyz", "Says whether the daemon can serve calls.", failures: RouteFailures.ofReadiness)
            ),
        ]
    }

    private static var authorization: JSON {
        let alive: JSON = [
            "description": "Alive.",
            "headers": [
                "X-Auth-User": ["description": "The user.", "schema": ["type": "string", "format": "uuid"]],
                "X-Auth-Session": [
                    "description": "The session; absent on tokens that name none.",
                    "schema": ["type": "string", "format": "uuid"],
                ],
            ],
        ]
        return [
            "operationId": "authz",
            "summary": "Says whether a bearer token is alive: for nginx auth_request and its like, with any method.",
            "security": [["bearer": []]],
            "responses": .object([JSON.Member("200", alive)] + responses(RouteFailures.ofAuthorization)),
        ]
    }

    private static func probe(_ name: String, _ summary: String, failures: [RESTFailure]) -> JSON {
        let yes: JSON = [
            "description": "Yes.",
            "content": ["application/json": ["schema": reference(to: "Status"), "example": ["status": "ok"]]],
        ]
        return [
            "operationId": .string(name), "summary": .string(summary),
            "responses": .object([JSON.Member("200", yes)] + responses(failures)),
        ]
    }
}
