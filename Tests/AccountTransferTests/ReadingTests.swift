import MVPAuth
import Testing

@testable import AccountTransfer

@Suite("Reading files of accounts")
struct ReadingTests {
    private func read(_ text: String, _ format: TransferFormat = .own) throws -> ([TransferredRow], [String]) {
        var reader = try AccountReader(Array(text.utf8), format: format)
        var rows: [TransferredRow] = []
        while let row = reader.next() { rows.append(row) }
        return (rows, reader.unknownMembers)
    }

    private func reason(_ row: TransferredRow?) -> String? {
        if case .failure(let problem) = row?.account { problem.reason } else { nil }
    }

    @Test("JSON Lines: what is said is taken, what is not is left open")
    func jsonLines() throws {
        let (rows, unknown) = try read(
            """
            {"id":"5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10","email":"ada@example.org","password_hash":"$2b$12$x","is_verified":true,"is_active":false,"created_at":"2024-05-06T07:08:09Z"}

            {"email":"bob@example.org","password_hash":null,"nick":"bob"}\r
            {"email":"carol@example.org","nick":"c","phone":"1"}
            """)
        #expect(rows.map(\.line) == [1, 3, 4])
        #expect(
            try rows[0].account.get()
                == TransferredAccount(
                    id: UserID("5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10"), email: "ada@example.org",
                    passwordHash: "$2b$12$x", isVerified: true, isActive: false,
                    createdAt: Timestamp("2024-05-06T07:08:09Z")))
        #expect(try rows[1].account.get() == TransferredAccount(email: "bob@example.org"))
        #expect(unknown == ["nick", "phone"])
    }

    @Test("What is written can be read again")
    func roundTrip() throws {
        let account = TransferredAccount(
            id: UserID("5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10"), email: "ada@bücher.example",
            passwordHash: "md5$a\"b$00",
            isVerified: false, isActive: true, createdAt: Timestamp(microseconds: 1_700_000_000_123_456))
        let (rows, _) = try read(String(decoding: account.json.text, as: UTF8.self) + "\n")
        #expect(try rows.map { try $0.account.get() } == [account])
    }

    @Test(
        "A bad line is told with the reason, and the next one is read",
        arguments: [
            ("{\"email\":\"a@example.org\"", "it is not JSON"), ("[1]x", "it is not JSON"),
            ("{\"email\":\"a@example.org\",\"email\":\"b@example.org\"}", "duplicate member name"),
            ("{\"email\":7}", "email must be text"), ("{}", "it has no address (email)"),
            ("{\"email\":\"a@example.org\",\"id\":\"7\"}", "id must be a UUID"),
            ("{\"email\":\"a@example.org\",\"is_active\":\"maybe\"}", "is_active must be true or false"),
            ("{\"email\":\"a@example.org\",\"created_at\":\"yesterday\"}", "created_at must be a time"),
            ("{\"email\":\"a@example.org\",\"created_at\":1e400}", "out of range"),
            ("\"text\"", "it is no JSON object"),
        ])
    func badLine(line: String, reason: String) throws {
        let (rows, _) = try read("{\"email\":\"x@example.org\"}\n\(line)\n{\"email\":\"y@example.org\"}\n")
        #expect(rows.map(\.line) == [1, 2, 3])
        #expect(self.reason(rows[1])?.contains(reason) == true, "\(self.reason(rows[1]) ?? "")")
        #expect(try rows[2].account.get().email == "y@example.org")
    }

    @Test("CSV as of RFC 4180: quotes, commas, line breaks and blank lines; by the line where a record begins")
    func csv() throws {
        let (rows, unknown) = try read(
            "\u{FEFF}email,password_hash,note,is_verified\r\n"
                + "ada@example.org,\"a,\"\"b\"\"\",\"two\r\nlines\",t\r\n\r\n" + "bob@example.org,,,f\n"
                + "carol@example.org,x\n" + "dan@example.org,a\"b,,\n" + "eve@example.org,\"a\"b,,1\n"
                + "fay@example.org,,,\"0\"")
        #expect(rows.map(\.line) == [2, 5, 6, 7, 8, 9])
        #expect(
            try rows[0].account.get()
                == TransferredAccount(email: "ada@example.org", passwordHash: "a,\"b\"", isVerified: true))
        #expect(try rows[1].account.get() == TransferredAccount(email: "bob@example.org", isVerified: false))
        #expect(reason(rows[2]) == "it has 2 fields, the header 4")
        #expect(reason(rows[3]) == "a quotation mark stands inside a field")
        #expect(reason(rows[4]) == "text stands behind a closing quotation mark")
        #expect(try rows[5].account.get().isVerified == false)
        #expect(unknown == ["note"])
        #expect(throws: TransferProblem("the header names email twice")) { try read("email,email\n") }
        let (open, _) = try read("email\n\"never closed\na@example.org\n")
        #expect(open.map { reason($0) } == ["a quotation mark is not closed", nil])
        let (bytes, _) = try read("email\na@example.org\n")
        #expect(bytes.count == 1)
        var reader = try AccountReader(Array("email\n".utf8) + [0xFF, 0x40, 0x0A])
        #expect(reason(reader.next()) == "it is not UTF-8")
    }

    @Test("A file with nothing in it holds no accounts", arguments: ["", " \n\n", "\u{FEFF}", "[]", "[ ]\n"])
    func empty(text: String) throws {
        #expect(try read(text).0.isEmpty)
    }

    @Test("A document that ends too early is told, after what came before")
    func cutOff() throws {
        let (rows, _) = try read("[{\"email\":\"a@example.org\"},\n{\"email\":\"b@exam")
        #expect(try rows[0].account.get().email == "a@example.org")
        #expect(rows.count == 2 && rows[1].line == 2 && reason(rows[1])?.contains("ends too early") == true)
        #expect(throws: TransferProblem.self) { try read("{\"users\":[\n", .firebase) }
        #expect(throws: TransferProblem.self) { try read("{\n\"accounts\":[]}", .firebase) }
    }

    @Test(
        "Times as databases write them",
        arguments: [
            ("2024-05-06T07:08:09Z", "2024-05-06T07:08:09Z"), ("2024-05-06 07:08:09+00", "2024-05-06T07:08:09Z"),
            ("2024-05-06 07:08:09.25+02:00", "2024-05-06T05:08:09.250000Z"),
            ("2024-05-06T07:08:09.123456789-0330", "2024-05-06T10:38:09.123456Z"),
            ("2024-05-06 07:08:09", "2024-05-06T07:08:09Z"), ("1700000000", "2023-11-14T22:13:20Z"),
            ("1700000000123", "2023-11-14T22:13:20.123000Z"),
        ])
    func times(written: String, read: String) {
        #expect(Timestamp(written: written)?.description == read)
    }

    @Test(
        "What is no time is none",
        arguments: [
            "", "2024-05-06", "2024-02-30T00:00:00Z", "2024-05-06T07:08:09+1", "-5", "+5", "2024-05-06T07:08:09UTC",
        ])
    func noTimes(written: String) {
        #expect(Timestamp(written: written) == nil)
    }
}
