import Testing

/// Who knows whom is decided in two places that people read, and both are true.
@Suite("Who knows whom")
struct ImportTests {
    /// What a program links for what it does before main, and never calls.
    private static let linkedOnly: Set = ["CProcessStart"]

    /// Every machine that this is built for has them.
    private static let platform: Set = ["Glibc", "Darwin", "Dispatch", "Synchronization", "Testing"]

    private let manifest: Manifest

    init() throws {
        manifest = try Manifest.read()
    }

    @Test("Package.swift is understood")
    func manifestIsRead() throws {
        let names = manifest.targets.map(\.name)
        #expect(Set(names).isSuperset(of: ["MVPAuth", "AuthServer", "mvp-authd", "EndToEndTests", "StoreConformance"]))
        #expect(Set(names).count == names.count)
        for target in manifest.targets where target.name != "CProcessStart" {
            #expect(!target.files.isEmpty, "\(target.directory)")
        }
        let server = try #require(manifest.targets.first { $0.name == "AuthServer" })
        #expect(server.dependencies.isSuperset(of: ["AuthAPI", "HeapModule", "Logging"]))
    }

    @Test("No target depends on what it does not import")
    func unusedDependencies() throws {
        let programs = Set(manifest.targets.filter { $0.kind == .executable }.map(\.name))
        for target in manifest.targets {
            var unused = target.dependencies.subtracting(try target.imports()).subtracting(Self.linkedOnly)
            // A test starts a program without knowing its insides.
            if target.kind == .test { unused.subtract(programs) }
            #expect(unused.isEmpty, "\(target) does not import \(unused.sorted())")
        }
    }

    @Test("What a target imports of ours is among its dependencies, not only among theirs")
    func undeclaredDependencies() throws {
        let ours = Set(manifest.targets.map(\.module)).union(manifest.systemLibraries)
        for target in manifest.targets {
            let declared = Set(target.dependencies.map { $0.replacing("-", with: "_") })
            let hidden = try target.imports().intersection(ours).subtracting(declared)
            #expect(hidden.isEmpty, "\(target) imports \(hidden.sorted()) without depending on it")
        }
    }

    @Test("The table of ARCHITECTURE.md says exactly what each target imports")
    func table() throws {
        let rows = try Self.rows()
        let targets = manifest.targets.filter { $0.directory.hasPrefix("Sources/") && !$0.files.isEmpty }
        #expect(Set(rows.keys) == Set(targets.map(\.name)))
        for target in targets {
            let imported = try target.imports().subtracting(Self.platform)
            let row = imported.isEmpty ? "nothing" : imported.sorted().joined(separator: ", ")
            #expect(rows[target.name] == imported, "\(target) knows: \(row)")
        }
    }

    /// The last column by the first.
    private static func rows() throws -> [String: Set<String>] {
        var rows: [String: Set<String>] = [:]
        for line in try Repository.text("ARCHITECTURE.md").split(separator: "\n") {
            let cells = line.split(separator: "|").map { $0.drop { $0 == " " } }
            guard cells.count >= 3, let name = cells[0].firstMatch(of: /^`([\w-]+)` *$/)?.output.1 else { continue }
            let known = cells[2].split { $0 == "," || $0 == " " }.map(String.init)
            rows[String(name)] = known == ["nothing"] ? [] : Set(known)
        }
        return rows
    }

    /// Rooms that talk to the operating system themselves; `MVPAuth` only for the clock, `StrictJSON` only to overwrite
    /// memory. All others ask them.
    private static let machineRooms: Set = [
        "AuthAPI", "AuthCrypto", "AuthLogging", "AuthServer", "AuthSettings", "EmailDelivery", "Host", "MVPAuth",
        "MVPAuthClient", "PostgresStore", "Preflight", "RESTShim", "SQLiteStore", "StrictJSON", "mvp-auth",
        "mvp-auth-http", "mvp-auth-mail", "mvp-authd",
    ]

    @Test("Only the rooms that are named here know the C library")
    func machine() throws {
        for target in manifest.targets where target.directory.hasPrefix("Sources/") {
            let knows = try !target.imports().isDisjoint(with: ["Glibc", "Darwin"])
            #expect(!knows || Self.machineRooms.contains(target.name), "\(target) imports the C library")
        }
    }
}
