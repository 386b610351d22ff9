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
        paths["/healthz"] = ["get": probe("healthz", "Says whether this process answers.")]
        paths["/readyz"] = [
            "get": probe(
                "readyz", "Says whether the daemon can serve calls.",
                failures: [.unavailable, RESTFailure(.notReady), RESTFailure(.storageUnavailable)])
        ]
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
                "schemas": ["Error": RESTFailure.schema],
            ],
        ]
    }

    private static func operation(_ method: MethodDescription, _ route: RESTRoute) -> JSON {
        let spec = method.spec
        var operation: JSON = [
            "operationId": .string(spec.name), "summary": .string(spec.summary),
            "tags": [.string(route.group.rawValue)],
        ]
        if route.isProtected {
            let bearer: JSON = ["bearer": []]
            operation["security"] = .array(route.bodyReplacesBearer ? [bearer, .object([])] : [bearer])
        }
        let parameters = parameters(method, route)
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if !route.body.isEmpty { operation["requestBody"] = requestBody(method, route) }
        let done: JSON = [
            "description": "Done.",
            "content": ["application/json": ["schema": method.reply.schema(), "example": method.exampleReply]],
        ]
        operation["responses"] = .object(
            [JSON.Member("\(route.status)", done)] + RESTFailure.responses(RESTFailure.all(of: method, route)))
        return operation
    }

    private static func parameters(_ method: MethodDescription, _ route: RESTRoute) -> [JSON] {
        var parameters: [JSON] = []
        if let parameter = route.pathParameter,
            let field = method.params.first(where: { $0.name.utf8.elementsEqual(parameter.utf8) })
        {
            parameters.append([
                "name": "id", "in": "path", "required": true, "schema": field.shape.schema(),
                "example": method.exampleParams[parameter] ?? .null,
            ])
        }
        if !method.spec.isIdempotent {
            parameters.append([
                "name": .string(IdempotencyKey.header), "in": "header", "required": false,
                "description":
                    "A name for this call: repeating it under the same name is answered like the first time.",
                "schema": IdempotencyKey.schema, "example": "5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10",
            ])
        }
        return parameters
    }

    private static func requestBody(_ method: MethodDescription, _ route: RESTRoute) -> JSON {
        let fields = route.body.compactMap { name in
            method.params.first { $0.name.utf8.elementsEqual(name.utf8) }
        }
        // A body that may be left out has its members when it is there.
        let members = fields.map { JSONShape.Field($0.name, $0.shape) }
        var schema = JSONShape.object(route.bodyReplacesBearer ? members : fields).schema()
        schema["additionalProperties"] = nil
        let replacement: JSON = route.bodyReplacesBearer ? .string(Examples.refreshToken.reveal()) : .null
        let example = fields.map { JSON.Member($0.name, method.exampleParams[$0.name] ?? replacement) }
        return [
            "required": .bool(!route.bodyReplacesBearer),
            "content": ["application/json": ["schema": schema, "example": .object(example)]],
        ]
    }

    private static let authorization: JSON = [
        "operationId": "authz", "summary": "Says whether a bearer token is alive: for nginx auth_request and its like.",
        "security": [["bearer": []]],
        "responses": .object(
            [
                JSON.Member(
                    "200",
                    [
                        "description": "Alive.",
                        "headers": [
                            "X-Auth-User": ["schema": ["type": "string", "format": "uuid"]],
                            "X-Auth-Session": ["schema": ["type": "string", "format": "uuid"]],
                        ],
                    ])
            ]
                + RESTFailure.responses(
                    VerifyToken.spec.errors.map { RESTFailure($0) } + [.unavailable, RESTFailure(.storageUnavailable)])),
    ]

    private static func probe(_ name: String, _ summary: String, failures: [RESTFailure] = []) -> JSON {
        let status: JSON = ["type": "object", "properties": ["status": ["type": "string"]], "required": ["status"]]
        let yes: JSON = [
            "description": "Yes.",
            "content": ["application/json": ["schema": status, "example": ["status": "ok"]]],
        ]
        return [
            "operationId": .string(name), "summary": .string(summary),
            "responses": .object([JSON.Member("200", yes)] + RESTFailure.responses(failures)),
        ]
    }
}
