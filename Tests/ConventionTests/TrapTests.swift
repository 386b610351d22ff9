import Testing

/// What users of other clients have met: each is a test by name and number in every language that can meet it.
@Suite("Traps of clients")
struct TrapTests {
    enum Language: String, CaseIterable {
        case python, node, go, swift, shell

        /// How the name of a test begins, and where the tests are.
        var tests: (name: Regex<(Substring, Substring)>, ending: String, directories: [String]) {
            switch self {
            case .python: (#/def test_trap_(\d+)_/#, ".py", ["clients/python/tests"])
            case .node: (#/test\('trap (\d+): /#, ".test.mjs", ["clients/node/test"])
            case .go: (#/func TestTrap(\d+)[A-Z]/#, "_test.go", ["clients/go"])
            case .swift: (#/"Trap (\d+): /#, ".swift", ["Tests/MVPAuthClientTests", "Tests/EndToEndTests/Clients"])
            case .shell: (#/"Trap (\d+): /#, ".swift", ["Tests/EndToEndTests/Processes"])
            }
        }
    }

    private static let every: Set<Language> = [.python, .node, .go, .swift]

    private static let traps: [(number: Int, is: String, meetIt: Set<Language>)] = [
        (1, "a full backlog is no daemon that is away", every),
        (2, "the answer to a cancelled call reaches the next caller", every),
        (3, "two processes read from one connection", [.python, .node]),
        (4, "a connection outlives its event loop", [.python]),
        (5, "an answer is longer than a buffer", every),
        (6, "the first call after a restart fails", every),
        (7, "a call that was torn is made twice", every),
        (8, "a refresh that is made twice looks like theft", every),
        (9, "who leaves stops the refresh of the others", every),
        (10, "a login holds up what comes after it", every),
        (11, "text is changed, or split within a character", every.union([.shell])),
        (12, "a lost connection is an error that nobody handles", every),
        (13, "a program does not end, or ends too early", [.python, .node]),
        (14, "something is left of a client that was closed", every),
        (15, "a request hangs while the daemon is away", every),
        (16, "a request sees the user of another", every),
        (17, "a secret is shown", every.union([.shell])),
        (18, "the socket is sought where the app keeps its own", every),
        (19, "somebody else serves the socket", every),
        (20, "two packages under one name overwrite one another", [.python, .node]),
        (21, "an exception cannot be pickled", [.python]),
        (22, "the wall clock steps", every),
        (23, "an email is lost or sent twice", every),
        (24, "another event loop, or none", [.python]),
        (25, "a tool leaves before the answer comes", [.shell]),
    ]

    @Test(
        "Each is a test of every language that can meet it, and no test has a number of its own",
        arguments: Language.allCases)
    func named(_ language: Language) throws {
        let (name, ending, directories) = language.tests
        var found: Set<Int> = []
        for path in directories.flatMap({ Repository.files(ending, below: $0) }) {
            for match in try Repository.text(path).matches(of: name) { found.insert(Int(match.output.1) ?? 0) }
        }
        let expected = Set(Self.traps.filter { $0.meetIt.contains(language) }.map(\.number))
        for trap in Self.traps where expected.contains(trap.number) {
            #expect(
                found.contains(trap.number), "\(language) has no test by the name of trap \(trap.number): \(trap.is)")
        }
        #expect(found.subtracting(expected) == [])
    }
}
