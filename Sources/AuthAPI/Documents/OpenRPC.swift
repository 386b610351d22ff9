internal import MVPAuth
package import StrictJSON

/// The catalogue as an OpenRPC 1.3 document: what `rpc.discover` answers.
package enum OpenRPC {
    static let version = "1.3.2"

    static let info: JSON = [
        "title": "mvp-auth", "version": .string(Software.mvpAuth.version),
        "description": "Email-and-password authentication over JSON-RPC 2.0 on a Unix socket.",
    ]

    package static func document() -> JSON {
        [
            "openrpc": .string(version),
            "info": info,
            "methods": .array(MethodDescription.all.map(method)),
            "x-notifications": .array(NotificationDescription.all.map(notification)),
            "components": ["errors": .object(AuthError.Code.allCases.map { JSON.Member($0.rawValue, error($0)) })],
        ]
    }

    private static func method(_ method: MethodDescription) -> JSON {
        let spec = method.spec
        // The specification wants optional params last. Where the positional order has one before a required one, the
        // document tells of the call by name only.
        let params = method.params.filter(\.isRequired) + method.params.filter { !$0.isRequired }
        let isPositional = params.map(\.name) == method.params.map(\.name)
        var members: JSON = [
            "name": .string(spec.name),
            "summary": .string(spec.summary),
            "paramStructure": isPositional ? "either" : "by-name",
            "params": .array(params.map(descriptor)),
            "result": ["name": "result", "schema": method.reply.schema()],
            "errors": .array(
                (spec.errors + MethodSpec.commonErrors).map { ["$ref": "#/components/errors/\($0.rawValue)"] }),
            "examples": [
                [
                    "name": "example", "params": .array(examples(method.exampleParams)),
                    "result": ["name": "result", "value": method.exampleReply],
                ]
            ],
            "x-role": .string(spec.role.rawValue),
            "x-cost": .string(spec.cost.rawValue),
            "x-idempotent": .bool(spec.isIdempotent),
            "x-sensitive": .bool(spec.isSensitive),
        ]
        if let rest = spec.rest {
            members["x-http"] = [
                "method": .string(rest.verb.rawValue), "path": .string(rest.path), "status": .int(rest.status),
                "group": .string(rest.group.rawValue),
            ]
        }
        return members
    }

    private static func notification(_ notification: NotificationDescription) -> JSON {
        [
            "name": .string(notification.spec.name), "summary": .string(notification.spec.summary),
            "params": .array(notification.params.map(descriptor)), "x-role": .string(notification.spec.role.rawValue),
        ]
    }

    private static func descriptor(_ field: JSONShape.Field) -> JSON {
        ["name": .string(field.name), "required": .bool(field.isRequired), "schema": field.shape.schema()]
    }

    private static func examples(_ params: JSON) -> [JSON] {
        guard case .object(let members) = params else { return [] }
        return members.map { ["name": .string($0.name), "value": $0.value] }
    }

    private static func error(_ code: AuthError.Code) -> JSON {
        [
            "code": .int(code.number), "message": .string(code.message),
            "data": ["code": .string(code.rawValue), "retryable": .bool(code.isRetryable)],
        ]
    }
}
