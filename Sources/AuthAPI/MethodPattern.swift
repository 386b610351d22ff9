/// Names of methods as an operator writes them: one by its name, or all of a service as `auth.*`.
package enum MethodPattern {
    package static func matches(_ pattern: String, _ name: String) -> Bool {
        guard pattern.utf8.suffix(2).elementsEqual(".*".utf8) else { return pattern.utf8.elementsEqual(name.utf8) }
        return pattern.utf8.count > 2 && name.utf8.starts(with: pattern.utf8.dropLast())
    }
}
