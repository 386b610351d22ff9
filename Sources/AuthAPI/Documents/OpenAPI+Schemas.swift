internal import StrictJSON

/// `components/schemas`: each shape once, under the name of its Swift type, so that a generated client has one type.
extension OpenAPI {
    static func schemas(of served: [(method: MethodDescription, route: RESTRoute)]) -> JSON {
        var schemas: JSON = .object([])
        for (method, route) in served {
            if !route.body.isEmpty { schemas[bodyName(of: method)] = bodySchema(method, route) }
            schemas[method.replyName] = element(of: method.reply).schema()
        }
        schemas["Status"] = status
        schemas["Error"] = error
        schemas["FieldError"] = fieldError
        return schemas
    }

    /// A reference to the reply's shape; of a list, a list of references.
    static func replySchema(of method: MethodDescription) -> JSON {
        let reference = reference(to: method.replyName)
        guard case .array = method.reply.kind else { return reference }
        return ["type": "array", "items": reference]
    }

    static func bodyReference(of method: MethodDescription) -> JSON { reference(to: bodyName(of: method)) }

    static func reference(to name: String) -> JSON { ["$ref": "#/components/schemas/\(name)"] }

    private static func bodyName(of method: MethodDescription) -> String { method.name + "Request" }

    /// The members that the row reads. What else a body holds is ignored.
    private static func bodySchema(_ method: MethodDescription, _ route: RESTRoute) -> JSON {
        let params = route.body.compactMap { name in
            method.params.first { $0.name.utf8.elementsEqual(name.utf8) }
        }
        // A body that may be left out has its members when it is there.
        let members = params.map { JSONShape.Field($0.name, $0.shape.with { $0.isNullable = false }) }
        let fields = route.bodyReplacesBearer ? members : params
        var schema = JSONShape.object(fields).schema()
        schema["additionalProperties"] = nil
        return schema
    }

    private static func element(of shape: JSONShape) -> JSONShape {
        if case .array(let element) = shape.kind { element } else { shape }
    }

    private static let status: JSON = [
        "type": "object", "required": ["status"],
        "properties": ["status": ["type": "string", "description": "Always `ok`."]],
    ]

    private static let error: JSON = [
        "type": "object", "required": ["detail", "code"],
        "properties": [
            "detail": ["type": "string", "description": "For people."],
            "code": ["type": "string", "description": "For programs: stable."],
            "errors": [
                "type": "array", "description": "What was wrong with the input, member by member.",
                "items": reference(to: "FieldError"),
            ],
        ],
    ]

    private static let fieldError: JSON = [
        "type": "object", "required": ["field", "reason"],
        "properties": [
            "field": [
                "type": "string", "description": "The member of the body, the segment of the path or the header.",
            ],
            "reason": ["type": "string", "description": "What is wrong with it."],
        ],
    ]
}
