internal import ArgumentParser
internal import AuthAPI
internal import StrictJSON

/// Params of a method as a shell writes them: NAME=VALUE each.
struct NamedParams {
    private let method: MethodDescription

    /// - Throws: when this version knows no such method: what its params are is not known then.
    init(of name: String) throws {
        let all = MethodDescription.all
        guard let method = all.first(where: { $0.spec.name.utf8.elementsEqual(name.utf8) }) else {
            let meant = NearestName.of(name, among: all.map(\.spec.name)).map { "Did you mean \($0)? " } ?? ""
            throw ValidationError(
                "There is no method \(name). \(meant)A daemon that is newer than this program takes params as JSON.")
        }
        self.method = method
    }

    func read(_ arguments: [String]) throws -> JSON {
        var members: [JSON.Member] = []
        for argument in arguments {
            guard let end = argument.utf8.firstIndex(of: UInt8(ascii: "=")) else {
                throw ValidationError("\(argument) is not NAME=VALUE.")
            }
            let name = String(argument[..<end])
            let known = method.params.map(\.name)
            guard let field = method.params.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
                let meant = NearestName.of(name, among: known).map { " Did you mean \($0)?" } ?? ""
                throw ValidationError("\(method.spec.name) has no param \(name).\(meant)")
            }
            guard !members.contains(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
                throw ValidationError("\(name) is given twice.")
            }
            let text = try Self.text(String(argument[argument.utf8.index(after: end)...]), of: name)
            members.append(.init(field.name, try value(text, of: field)))
        }
        return .object(members)
    }

    /// Text stays text where text is wanted; anything else is JSON.
    private func value(_ text: String, of field: JSONShape.Field) throws -> JSON {
        if case .string = field.shape.kind { return .string(text) }
        var scanner = JSONScanner()
        guard let value = (try? scanner.scan(Array(text.utf8))).flatMap({ try? JSON($0) }) else {
            throw ValidationError("\(field.name) must be JSON: a number, true, false or a list.")
        }
        return value
    }

    private static func text(_ value: String, of name: String) throws -> String {
        if value == "-" { return try HiddenInput.line(asking: name) }
        guard value.hasPrefix("@") else { return value }
        return try HiddenInput.text(
            ofFirstLine: try CallCommand.contents(ofFile: String(value.dropFirst())), for: name)
    }
}
