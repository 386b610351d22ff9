internal import AuthAPI

/// The REST rows of the catalogue, by the names that the library gives to routes.
enum PythonRoutes {
    static var table: String {
        let rows = ClientMethod.described.compactMap { method -> String? in
            guard let route = method.spec.rest else { return nil }
            let body = route.body.map { "\"\($0)\"," }.joined(separator: " ")
            return """
                    "\(name(method))": Route(
                        "\(name(method))",
                        "\(route.verb.rawValue)",
                        "\(route.path)",
                        "\(route.group.rawValue)",
                        "\(method.spec.name)",
                        \(route.status),
                        (\(body)),
                        \(route.pathParameter.map { "\"\($0)\"" } ?? "None"),
                        \(Python.literal(route.isProtected)),
                        \(Python.literal(route.addsDevice)),
                    ),

                """
        }
        return "ROUTES: dict[str, Route] = {\n" + rows.joined()
            + "}\n\"\"\"Every route below the prefix, by its name.\"\"\""
    }

    /// After its path, as in `change_password`; a route with an identifier in its path as its method.
    static func name(_ method: ClientMethod) -> String {
        guard let route = method.spec.rest, route.pathParameter == nil else { return method.name }
        return String(route.path.dropFirst().map { $0 == "-" ? "_" : $0 })
    }
}
