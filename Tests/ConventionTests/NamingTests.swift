import Testing

@Suite("Names")
struct NamingTests {
    /// Extensions of several types, after what they have in common.
    private static let gathered: Set = [
        "Sources/AuthServer/Handlers/Accounts/UserHandlers.swift",
        "Sources/AuthServer/Handlers/Administration/AdministrationHandlers.swift",
        "Sources/AuthServer/Handlers/Administration/TransferHandlers.swift",
        "Sources/AuthServer/Handlers/Audit/AuditHandlers.swift",
        "Sources/AuthServer/Handlers/Passwords/PasswordHandlers.swift",
        "Sources/AuthServer/Handlers/Sessions/AuthHandlers.swift",
        "Sources/AuthServer/Handlers/Sessions/SessionHandlers.swift",
        "Sources/AuthServer/Handlers/System/SystemHandlers.swift",
        "Sources/MVPAuth/Accounts/AccountValues.swift",
        "Sources/MVPAuth/Accounts/Normalization.swift",
        "Sources/MVPAuth/Storage/StoreValues.swift",
        "Sources/MVPAuth/System/Environment.swift",
        "Sources/PostgresStore/Migrations/Migrations.swift",
        "Sources/AuthServer/Handlers/Email/HookHandlers.swift",
        "Sources/AuthServer/Handlers/Email/MessageHandlers.swift",
    ]

    @Test("A file is named after a type in it, or after what it adds to one: Type+Topic")
    func files() throws {
        for path in Repository.swiftFiles(below: "Sources") where !Self.gathered.contains(path) {
            let text = try Repository.text(path)
            let name = path.split(separator: "/").last?.dropLast(".swift".count) ?? ""
            let type = name.split(separator: "+").first ?? ""
            let extended = text.matches(of: /extension ([\w.]+)/).flatMap { $0.output.1.split(separator: ".") }
            let declared = text.matches(of: /\b(?:struct|class|enum|protocol|actor|typealias) (\w+)/).map(\.output.1)
            let functions = text.matches(of: /\bfunc (\w+)/).map { match in
                match.output.1.prefix(1).uppercased() + match.output.1.dropFirst()
            }
            let isNamed =
                name.contains("+")
                ? extended.contains(type)
                : declared.contains(type) || extended.contains(type) || functions.contains(String(type))
            #expect(isNamed, "\(path) holds nothing called \(type)")
        }
    }

    @Test("No file is long, and no room has many files at one level")
    func sizes() throws {
        var rooms: [String: Int] = [:]
        for path in Repository.swiftFiles(below: "Sources") {
            let lines = try Repository.text(path).split(separator: "\n", omittingEmptySubsequences: false).count
            let isData = path.hasSuffix("CommonPasswords.swift") || path.hasSuffix("DocsPage.swift")
            #expect(lines < 400 || isData, "\(path) has \(lines) lines")
            rooms[path.split(separator: "/").dropLast().joined(separator: "/"), default: 0] += 1
        }
        for (room, count) in rooms { #expect(count <= 16, "\(room) has \(count) files") }
    }
}
