internal import AuthAPI
internal import MVPAuth
internal import StrictJSON

/// `generated.d.ts`: the types of replies and methods.
enum TypeScriptTypes {
    static var module: String {
        """
        // Types of what the service answers and takes. Generated from the daemon's catalogue by `make generate`.

        import { CallOptions, KeyedCallOptions } from './options'

        /** The stable name of an error of the daemon. */
        export type ErrorCode =
        \(union(AuthError.Code.allCases.map(\.rawValue)))

        /** The name of a method on the wire, for `call`. */
        export type MethodName =
        \(union(ClientMethod.described.map(\.spec.name)))

        /** The name of a route of `authRouter`. */
        export type RouteName =
        \(union(ClientMethod.described.filter { $0.spec.rest != nil }.map(PythonRoutes.name)))

        \(Model.all.map(model).joined(separator: "\n\n"))

        \(ClientMethod.offered.filter { !$0.description.params.isEmpty }.map(paramsType).joined(separator: "\n\n"))

        /** An account. */
        export type User = UserResponse

        /** The service's methods. Times are in milliseconds. */
        export interface Methods {
        \(ClientMethod.offered.map(method).joined(separator: "\n\n"))
        }

        """
    }

    private static func union(_ names: [String]) -> String {
        names.map { "  | \(TypeScript.literal($0))" }.joined(separator: "\n")
    }

    private static func model(_ model: Model) -> String {
        let fields = model.fields.map { field in
            comment(field.shape.summary)
                + "  readonly \(TypeScript.lowerCamelCase(field.name)): \(type(field, suffix: ""))\n"
        }
        let members = model.fields.map { "  \($0.name): \(type($0, suffix: "JSON"))\n" }
        return """
            /** \(model.summary) */
            export interface \(model.name) {
            \(fields.joined())  /** The value in the wire's words: what `JSON.stringify` makes of it. */
              toJSON(): \(model.name)JSON
            }

            /** `\(model.name)` as it is on the wire. */
            export interface \(model.name)JSON {
            \(members.joined())}
            """
    }

    private static func comment(_ text: String?) -> String { text.map { "  /** \($0) */\n" } ?? "" }

    private static func type(_ field: JSONShape.Field, suffix: String) -> String {
        let isOptional = !field.isRequired || field.shape.isNullable
        let name = Model.className(of: field) + suffix
        let type = Model.isTable(field) ? "Record<string, number>" : type(field.shape, name)
        return isOptional ? type + " | null" : type
    }

    private static func type(_ shape: JSONShape, _ name: String) -> String {
        switch shape.kind {
        case .any: "unknown"
        case .string: "string"
        case .integer, .number: "number"
        case .boolean: "boolean"
        case .array(let element): "readonly \(type(element, name))[]"
        case .object: name
        case .map(let value): "Record<string, \(type(value, name))>"
        }
    }

    private static func method(_ method: ClientMethod) -> String {
        let spec = method.spec
        let errors = spec.errors.map { "   * @throws `\($0.rawValue)`" }
        let options = spec.isIdempotent ? "CallOptions" : "KeyedCallOptions"
        let params = method.description.params.isEmpty ? "" : "params: \(paramsName(method)), "
        let reply = method.answersList ? "\(method.replyName)[]" : method.replyName
        return """
              /**
               * \(spec.summary)
            \((errors + ["   */"]).joined(separator: "\n"))
              \(TypeScript.lowerCamelCase(method.name))(\(params)options?: \(options)): Promise<\(reply)>
            """
    }

    private static func paramsName(_ method: ClientMethod) -> String { Model.camelCase(method.name) + "Params" }

    /// Where there is a choice of who acts, exactly one of the choices.
    private static func paramsType(_ method: ClientMethod) -> String {
        let names = method.principals.map { TypeScript.lowerCamelCase($0.name) }
        let choices = names.map { chosen in
            "  | { " + names.map { $0 == chosen ? "\($0): string" : "\($0)?: undefined" }.joined(separator: "; ") + " }"
        }
        let others = (method.required + method.optional).map { field in
            let name = TypeScript.lowerCamelCase(field.name)
            return comment(field.shape.summary)
                + (field.isRequired
                    ? "  \(name): string\n" : "  \(name)?: \(type(field.shape, "")) | null | undefined\n")
        }
        let function = TypeScript.lowerCamelCase(method.name)
        let head = "/** What `\(function)` takes. */\nexport type \(paramsName(method)) = "
        let object = "{\n\(others.joined())}"
        guard !choices.isEmpty else { return head + object }
        let choice = "(\n\(choices.joined(separator: "\n"))\n)"
        return head + choice + (others.isEmpty ? "" : " & " + object)
    }
}
