internal import MVPAuth
package import StrictJSON

/// The catalogue's REST rows as an OpenAPI 3.1 document.
package enum OpenAPI {
    /// - Parameter groups: the routes that this shim serves.
    package static func document(
        prefix: String = "/auth", groups: Set<RESTRoute.Group> = Set(RESTRoute.Group.allCases)
    ) -> JSON {
        var paths: JSON = .object([])
        for method in MethodDescription.all {
            guard let route = method.spec.rest, groups.contains(route.group) else { continue }
            var operations = paths[prefix + route.path] ?? .object([])
            operations[route.verb.rawValue.lowercased()] = operation(method, route)
            paths[prefix + route.path] = operations
        }
        paths["/authz"] = ["get": authorization]
        paths["/healthz"] = ["get": probe("healthz", "Whether this process answers.", failure: nil)]
        paths["/readyz"] = ["get": probe("readyz", "Whether the daemon can serve calls.", failure: "503")]
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "mvp-auth", "version": .string(Software.mvpAuth.version),
                "description": "Email-and-password authentication.",
            ],
            "tags": .array(
                RESTRoute.Group.allCases.filter(groups.contains).map {
                    ["name": .string($0.rawValue), "description": .string($0.summary)]
                }),
            "paths": paths,
            "components": [
                "securitySchemes": ["bearer": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"]],
                "schemas": ["Error": errorSchema],
            ],
        ]
    }

    private static func operation(_ method: MethodDescription, _ route: RESTRoute) -> JSON {
        let spec = method.spec
        var operation: JSON = [
            "operationId": .string(spec.name), "summary": .string(spec.summary),
            "tags": [.string(route.group.rawValue)],
        ]
        if route.isProtected { operation["security"] = [["bearer": []]] }
        if let parameter = route.pathParameter,
            let field = method.params.first(where: { $0.name.utf8.elementsEqual(parameter.utf8) })
        {
            operation["parameters"] = [
                ["name": "id", "in": "path", "required": true, "schema": field.shape.schema()]
            ]
        }
        if !route.body.isEmpty { operation["requestBody"] = requestBody(method, route) }
        var responses: JSON = [
            "\(route.status)": [
                "description": "Done.",
                "content": [
                    "application/json": ["schema": method.reply.schema(), "example": method.exampleReply]
                ],
            ]
        ]
        for (status, codes) in failures(of: spec, route) { responses["\(status)"] = failure(codes) }
        operation["responses"] = responses
        return operation
    }

    private static func requestBody(_ method: MethodDescription, _ route: RESTRoute) -> JSON {
        let fields = route.body.compactMap { name in
            method.params.first { $0.name.utf8.elementsEqual(name.utf8) }
        }
        var schema = JSONShape.object(fields).schema()
        schema["additionalProperties"] = nil
        let example = fields.map { JSON.Member($0.name, method.exampleParams[$0.name] ?? .null) }
        return [
            "required": true,
            "content": ["application/json": ["schema": schema, "example": .object(example)]],
        ]
    }

    /// The errors of a route by status, in ascending order.
    private static func failures(of spec: MethodSpec, _ route: RESTRoute) -> [(Int, [AuthError.Code])] {
        var codes = spec.errors.filter { $0 != .userNotFound || route.isProtected }
        codes += [.parseError, .messageTooLarge, .invalidParams, .overloaded, .shuttingDown, .storageUnavailable]
        codes += [.deadlineExceeded, .internalError]
        let byStatus = Dictionary(grouping: codes, by: \.httpStatus)
        return byStatus.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func failure(_ codes: [AuthError.Code]) -> JSON {
        let examples = codes.map { code in
            JSON.Member(
                code.rawValue,
                ["value": ["detail": .string(code.message), "code": .string(code.rawValue)]])
        }
        return [
            "description": .string(codes.map(\.rawValue).joined(separator: ", ")),
            "content": [
                "application/json": ["schema": ["$ref": "#/components/schemas/Error"], "examples": .object(examples)]
            ],
        ]
    }

    private static let errorSchema: JSON = [
        "type": "object", "required": ["detail", "code"],
        "properties": [
            "detail": ["type": "string", "description": "For people."],
            "code": ["type": "string", "description": "For programs: stable."],
            "errors": [
                "type": "array", "description": "What was wrong with the input, member by member.",
                "items": [
                    "type": "object", "required": ["field", "reason"],
                    "properties": ["field": ["type": "string"], "reason": ["type": "string"]],
                ],
            ],
        ],
    ]

    private static let authorization: JSON = [
        "operationId": "authz", "summary": "Says whether a bearer token is alive: for nginx auth_request and its like.",
        "security": [["bearer": []]],
        "responses": [
            "200": [
                "description": "Alive.",
                "headers": [
                    "X-Auth-User": ["schema": ["type": "string", "format": "uuid"]],
                    "X-Auth-Session": ["schema": ["type": "string", "format": "uuid"]],
                ],
            ],
            "401": failure([.tokenInvalid, .tokenExpired, .tokenRevoked]),
            "403": failure([.userInactive]),
            "503": failure([.storageUnavailable]),
        ],
    ]

    private static func probe(_ name: String, _ summary: String, failure: String?) -> JSON {
        var responses: JSON = ["200": ["description": "Yes."]]
        if let failure { responses[failure] = ["description": "No."] }
        return ["operationId": .string(name), "summary": .string(summary), "responses": responses]
    }
}
