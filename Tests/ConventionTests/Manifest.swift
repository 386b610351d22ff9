import Foundation

/// The targets as `Package.swift` declares them.
struct Manifest {
    struct Target: CustomStringConvertible {
        enum Kind: String {
            case library = "target"
            case executable = "executableTarget"
            case test = "testTarget"
        }

        let kind: Kind
        let name: String
        let directory: String
        /// Targets and products that it depends on.
        let dependencies: Set<String>

        var description: String { name }
        /// What other code imports.
        var module: String { name.replacing("-", with: "_") }
        var files: [String] { Repository.swiftFiles(below: directory) }

        func imports() throws -> Set<String> {
            try files.reduce(into: []) { try $0.formUnion(Repository.imports(of: $1)) }
        }
    }

    let targets: [Target]

    /// Module maps and C code: they have no Swift of their own.
    let systemLibraries: Set<String>

    static func read() throws -> Manifest {
        let text = try Repository.text("Package.swift").split(separator: "\n")
            .filter { !$0.drop { $0 == " " }.hasPrefix("//") }.joined(separator: "\n")
        var targets: [Target] = []
        for match in text.matches(of: /\.(target|executableTarget|testTarget)\(/) {
            let body = body(of: text, from: match.range.upperBound)
            guard let kind = Target.Kind(rawValue: String(match.output.1)),
                let name = body.firstMatch(of: /name: "([^"]+)"/).map({ String($0.output.1) })
            else { continue }
            let path = body.firstMatch(of: /path: "([^"]+)"/).map { String($0.output.1) }
            targets.append(
                Target(
                    kind: kind, name: name, directory: path ?? (kind == .test ? "Tests/" : "Sources/") + name,
                    dependencies: dependencies(in: body)))
        }
        let libraries = text.matches(of: /\.systemLibrary\(name: "([^"]+)"/).map { String($0.output.1) }
        return Manifest(targets: targets, systemLibraries: Set(libraries))
    }

    /// What stands between a parenthesis or a bracket and the one that closes it.
    private static func body(of text: String, from start: String.Index) -> Substring {
        var depth = 1
        var place = start
        while place < text.endIndex {
            if "([".contains(text[place]) { depth += 1 }
            if ")]".contains(text[place]) { depth -= 1 }
            if depth == 0 { break }
            place = text.index(after: place)
        }
        return text[start..<place]
    }

    private static func dependencies(in body: Substring) -> Set<String> {
        guard let start = body.firstMatch(of: /dependencies: \[/)?.range.upperBound else { return [] }
        let rest = String(body[start...])
        let list = Self.body(of: rest, from: rest.startIndex)
        let products = list.matches(of: /name: "([^"]+)", package: "[^"]+"/).map { String($0.output.1) }
        let targets = list.replacing(/\.product\([^)]*\)/, with: "").matches(of: /"([^"]+)"/)
        return Set(products + targets.map { String($0.output.1) })
    }
}
