internal import AuthAPI
internal import MVPAuth
internal import StrictJSON

/// What is known of errors and methods by their names.
enum PythonTables {
    static var errors: String {
        let rows = AuthError.Code.allCases.map { code in
            let retryable = Python.literal(code.isRetryable)
            return "    \"\(code.rawValue)\": ErrorInfo(\n        "
                + "\(code.number), \(code.httpStatus), \(retryable),\n        \(Python.literal(code.message)),\n    ),\n"
        }
        return "ERRORS: dict[str, ErrorInfo] = {\n" + rows.joined()
            + "}\n\"\"\"Every error of the daemon, by its code.\"\"\""
    }

    static var methods: String {
        let rows = ClientMethod.described.map { method in
            let spec = method.spec
            let params = method.description.params.map { field in
                "            Param(\(Python.literal(field.name)), \(Python.literal(field.shape.word)), "
                    + "\(Python.literal(field.isRequired)), \(Python.literal(field.shape.isSecret))),\n"
            }
            return """
                    "\(spec.name)": Method(
                        "\(spec.name)",
                        "\(spec.cost.rawValue)",
                        \(Python.literal(spec.isIdempotent)),
                        \(Python.literal(spec.isSensitive)),
                        "\(spec.role.rawValue)",
                        (\(params.isEmpty ? "" : "\n" + params.joined() + "        ")),
                        "\(method.replyName)",
                    ),

                """
        }
        return "METHODS: dict[str, Method] = {\n" + rows.joined()
            + "}\n\"\"\"Every method of the daemon, by its name.\"\"\""
    }
}
