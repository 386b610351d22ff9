internal import AuthAPI
internal import MVPAuth
internal import StrictJSON

/// `methods.jsonl`: what a call looks like on the wire, and what its result becomes.
///
/// `function` is what clients call the method, in snake case, where they have a function for it. `value` is the result
/// as it is read: instants are integers there, in microseconds since 1970, and members that may be missing are null.
enum MethodVectors {
    static var rows: [JSON] {
        ClientMethod.described.filter { $0.spec.role != .admin && $0.description.reply.word != "any" }.flatMap(rows)
    }

    private enum Variant: CaseIterable {
        case plain, unknownMember, nulls, wholeSeconds, milliseconds, microseconds

        var name: String {
            switch self {
            case .plain: "as documented"
            case .unknownMember: "with a member that is not known"
            case .nulls: "with null for what may be missing"
            case .wholeSeconds: "without a fraction of a second"
            case .milliseconds: "with milliseconds"
            case .microseconds: "with microseconds"
            }
        }

        var instant: String? {
            switch self {
            case .wholeSeconds: "2024-02-29T23:59:59Z"
            case .milliseconds: "2024-02-29T23:59:59.007Z"
            case .microseconds: "2024-02-29T23:59:59.000123Z"
            case .plain, .unknownMember, .nulls: nil
            }
        }
    }

    private static func rows(_ method: ClientMethod) -> [JSON] {
        let plain = method.description.exampleReply
        var seen: [JSON] = []
        return Variant.allCases.compactMap { variant in
            let result = varied(plain, method.description.reply, variant)
            guard !seen.contains(result) else { return nil }
            seen.append(result)
            let isOffered = ClientMethod.offered.contains { $0.name == method.name }
            return [
                "name": .string("\(method.spec.name), \(variant.name)"), "method": .string(method.spec.name),
                "function": isOffered ? .string(method.name) : .null, "params": method.description.exampleParams,
                "result": result, "value": value(result, method.description.reply),
            ]
        }
    }

    private static func varied(_ result: JSON, _ shape: JSONShape, _ variant: Variant) -> JSON {
        switch (shape.kind, result) {
        case (.array(let element), .array(let elements)):
            return .array(elements.map { varied($0, element, variant) })
        case (.object(let fields), .object):
            var members = result
            for field in fields where !Model.isTable(field) {
                if let value = result[field.name] { members[field.name] = varied(value, field.shape, variant) }
                if variant == .nulls && !field.isRequired { members[field.name] = .null }
            }
            if variant == .unknownMember { members["added_later"] = ["deep": [1, nil, "two"]] }
            return members
        case (.string, _) where shape.word == "date-time":
            return variant.instant.map(JSON.string) ?? result
        default: return result
        }
    }

    private static func value(_ result: JSON, _ shape: JSONShape) -> JSON {
        switch (shape.kind, result) {
        case (.array(let element), .array(let elements)): .array(elements.map { value($0, element) })
        case (.object(let fields), .object):
            .object(
                fields.map { field in
                    let member = result[field.name] ?? .null
                    return JSON.Member(field.name, Model.isTable(field) ? member : value(member, field.shape))
                })
        case (.string, .string(let text)) where shape.word == "date-time":
            Timestamp(text).map { .int(Int($0.microseconds)) } ?? .null
        default: result
        }
    }
}
