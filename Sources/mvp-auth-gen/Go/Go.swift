internal import AuthAPI
internal import MVPAuth
internal import StrictJSON

/// What the Go client knows of the service, in the form that gofmt gives it: nothing here stands in columns, so that
/// none have to be computed.
enum Go {
    /// `mvpauth/zz_generated.go`: errors, methods and types.
    static var client: String {
        let imports = ["context", "fmt", "io", "time"].map { "\t\"\($0)\"\n" }.joined()
        return [
            header("mvpauth") + "\nimport (\n\(imports))",
            "// Version is the daemon's version that this file was generated from.\n"
                + "const Version = \(literal(Software.mvpAuth.version))",
            codes, errors, methods,
        ].joined(separator: "\n\n") + "\n\n" + (GoTypes.all + GoMethods.all).joined(separator: "\n\n") + "\n"
    }

    /// `httpauth/zz_generated.go`: the REST rows of the catalogue, by the names that the library gives to routes.
    static var routes: String {
        let routes = ClientMethod.described.filter { $0.spec.rest != nil }
        let names = routes.map {
            "\t// \(name($0)) is \($0.spec.name).\n\t\(name($0)) Name = \(literal(PythonRoutes.name($0)))\n"
        }
        let rows = routes.map { method in
            let route = method.spec.rest
            let body = (route?.body ?? []).map { bodyMember($0, of: method) }.joined(separator: ", ")
            let fields: [String] = [
                name(method), literal(route?.group.rawValue ?? ""), literal(route?.verb.rawValue ?? ""),
                literal(route?.path ?? ""), literal(method.spec.name), "\(route?.status ?? 0)", "[]bodyMember{\(body)}",
                literal(route?.pathParameter ?? ""), "\(route?.isProtected ?? true)", "\(route?.addsDevice ?? false)",
                "\(route.map { $0.addsDevice || $0.addsAddress } ?? false)",
            ]
            return "\t{\(fields.joined(separator: ", "))},\n"
        }
        return header("httpauth") + "\n// The routes.\nconst (\n\(names.joined()))\n\n"
            + "// table has every route below the prefix.\nvar table = []route{\n\(rows.joined())}\n"
    }

    /// A member of a route's body: its name, whether it may be left out, whether it is true or false.
    private static func bodyMember(_ name: String, of method: ClientMethod) -> String {
        let field = method.description.params.first { $0.name == name }
        let replacesBearer = method.spec.rest?.bodyReplacesBearer ?? false
        let isFlag = if case .boolean? = field?.shape.kind { true } else { false }
        return "{\(literal(name)), \(field?.isRequired == false && !replacesBearer), \(isFlag)}"
    }

    private static func header(_ package: String) -> String {
        "// Code generated from the daemon's catalogue by \"make generate\". DO NOT EDIT.\n\npackage \(package)\n"
    }

    private static var codes: String {
        let rows = AuthError.Code.allCases.map { code in
            "\t// \(constant(code)) says: \(code.message)\n\t\(constant(code)) Code = \(literal(code.rawValue))\n"
        }
        return "// The errors of the daemon.\nconst (\n\(rows.joined()))"
    }

    private static var errors: String {
        let rows = AuthError.Code.allCases.map { code in
            "\t{\(constant(code)), \(code.number), \(code.httpStatus), \(code.isRetryable), \(literal(code.message))},\n"
        }
        return "// knownErrors has every error of the daemon.\nvar knownErrors = []errorInfo{\n\(rows.joined())}"
    }

    private static var methods: String {
        let rows = ClientMethod.described.map { method in
            let spec = method.spec
            let params = method.description.params.map { literal($0.name) }.joined(separator: ", ")
            return "\t{\(literal(spec.name)), \(spec.cost == .hashing), \(spec.isIdempotent), "
                + "\(literal(spec.role.rawValue)), []string{\(params)}},\n"
        }
        return "// knownMethods has every method of the daemon.\nvar knownMethods = []methodInfo{\n\(rows.joined())}"
    }

    private static func name(_ method: ClientMethod) -> String { exported(PythonRoutes.name(method)) }

    static func constant(_ code: AuthError.Code) -> String { exported(code.rawValue.lowercased()) }

    /// `session_id` as `SessionID`.
    static func exported(_ name: String) -> String {
        name.split(separator: "_").map { initialisms[String($0)] ?? $0.prefix(1).uppercased() + $0.dropFirst() }
            .joined()
    }

    private static let initialisms = [
        "id": "ID", "ip": "IP", "jti": "JTI", "uid": "UID", "gid": "GID", "openrpc": "OpenRPC", "sha256": "SHA256",
    ]

    /// A string in Go: its escapes are a superset of those that JSON's writer makes.
    static func literal(_ text: String) -> String { String(decoding: JSON.string(text).text, as: UTF8.self) }
}
