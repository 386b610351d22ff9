internal import MVPAuth
package import StrictJSON

/// The catalogue's REST rows as an OpenAPI 3.1 document.
package enum OpenAPI {
    /// - Parameter routes: the routes that this shim serves.
    package static func document(prefix: String = "/auth", routes: RouteSelection = .all) -> JSON {
        let served = MethodDescription.all.compactMap { method in
            method.spec.rest.flatMap { routes.contains($0) ? (method, $0) : nil }
        }
        var paths: JSON = .object([])
        for (method, route) in served {
            var operations = paths[prefix + route.path] ?? .object([])
            operations[route.verb.rawValue.lowercased()] = operation(method, route)
            paths[prefix + route.path] = operations
        }
        for (path, operation) in system { paths[path] = ["get": operation] }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "mvp-auth", "version": .string(Software.mvpAuth.version),
                "description": "Email-and-password authentication.", "license": ["name": "MIT", "identifier": "MIT"],
            ],
            "servers": [["url": "/"]],
            "tags": .array(
                RESTRoute.Group.allCases.filter { group in served.contains { $0.1.group == group } }.map {
                    ["name": .string($0.rawValue), "description": .string($0.summary)]
                }),
            "paths": paths,
            "components": [
                "securitySchemes": ["bearer": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"]],
                "schemas": schemas(of: served),
                "responses": sharedResponses,
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
            "content": ["application/json": ["schema": replySchema(of: method), "example": method.exampleReply]],
        ]
        operation["responses"] = .object(
            [JSON.Member("\(route.status)", done)] + responses(RouteFailures.all(of: method, route)))
        return operation
    }

    private static func parameters(_ method: MethodDescription, _ route: RESTRoute) -> [JSON] {
        var parameters: [JSON] = []
        if let parameter = route.pathParameter, let segment = route.pathSegment,
            let field = method.params.first(where: { $0.name.utf8.elementsEqual(parameter.utf8) })
        {
            parameters.append([
                "name": .string(segment), "in": "path", "required": true,
                "description": field.shape.summary.map(JSON.string) ?? "",
                "schema": field.shape.with { $0.summary = nil }.schema(),
                "example": method.exampleParams[parameter] ?? .null,
            ])
        }
        if !method.spec.isIdempotent {
            parameters.append([
                "name": .string(IdempotencyKey.header), "in": "header", "required": false,
                "description":
                    """
                A name for this call, a new one for each: repeating the call under the same name within a minute is \
                answered like the first time and does nothing more. Another call under it is refused with 422.
                """,
                "schema": IdempotencyKey.schema,
            ])
        }
        return parameters
    }

    private static func requestBody(_ method: MethodDescription, _ route: RESTRoute) -> JSON {
        let replacement: JSON = route.bodyReplacesBearer ? .string(Examples.refreshToken.reveal()) : .null
        let example = route.body.map { JSON.Member($0, method.exampleParams[$0] ?? replacement) }
        return [
            "required": .bool(!route.bodyReplacesBearer),
            "content": ["application/json": ["schema": bodyReference(of: method), "example": .object(example)]],
        ]
    }
}
