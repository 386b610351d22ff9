import MVPAuth
import Testing

@testable import AccountTransfer

@Suite("Files of other software")
struct FormatTests {
    private func read(
        _ text: String, _ format: TransferFormat, _ config: FirebaseHashConfig? = nil
    ) throws -> ([Result<TransferredAccount, TransferProblem>], [String]) {
        var reader = try AccountReader(Array(text.utf8), format: format, hashConfig: config)
        var rows: [Result<TransferredAccount, TransferProblem>] = []
        while let row = reader.next() { rows.append(row.account) }
        return (rows, reader.unknownMembers)
    }

    private let id = UserID("5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10")
    private let bcrypt = "$2a$10$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"

    @Test("Supabase: CSV of auth.users, and the same as JSON")
    func supabase() throws {
        let (rows, unknown) = try read(
            """
            instance_id,id,aud,role,email,encrypted_password,email_confirmed_at,created_at,banned_until,deleted_at
            0,5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10,authenticated,authenticated,ada@example.org,\(bcrypt),2024-05-06 07:08:09.123456+00,2024-05-05 00:00:00+00,,
            0,6f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10,authenticated,authenticated,bob@example.org,,,2024-05-05 00:00:00+00,2999-01-01 00:00:00+00,
            0,7f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10,authenticated,authenticated,,,,2024-05-05 00:00:00+00,,
            """, .supabase)
        #expect(
            try rows[0].get()
                == TransferredAccount(
                    id: id, email: "ada@example.org", passwordHash: bcrypt, isVerified: true, isActive: true,
                    createdAt: Timestamp("2024-05-05T00:00:00Z")))
        let bob = try rows[1].get()
        #expect(bob.isActive == false && bob.isVerified == false && bob.passwordHash == nil)
        #expect(throws: TransferProblem("it has no address (email)")) { try rows[2].get() }
        #expect(unknown == ["instance_id", "aud", "role"])
        let (json, _) = try read(
            "[{\"id\":\"\(id!)\",\"email\":\"ada@example.org\",\"encrypted_password\":\"\(bcrypt)\",\"email_confirmed_at\":null}]",
            .supabase)
        #expect(try json[0].get().passwordHash == bcrypt)
    }

    @Test("better-auth: passwords are in the other table, identifiers are kept where they are UUIDs")
    func betterAuth() throws {
        let (rows, unknown) = try read(
            """
            {"users":[
              {"id":"\(id!)","name":"Ada","email":"ada@example.org","emailVerified":true,"createdAt":"2024-05-06T07:08:09.000Z"},
              {"id":"Zk3vQ0aX","email":"bob@example.org","emailVerified":0,"banned":1}],
             "accounts":[
              {"userId":"\(id!)","providerId":"github","password":null},
              {"userId":"\(id!)","providerId":"credential","password":"aa:bb"},
              {"userId":"Zk3vQ0aX","providerId":"credential","password":"cc:dd"}]}
            """, .betterAuth)
        #expect(
            try rows[0].get()
                == TransferredAccount(
                    id: id, email: "ada@example.org", passwordHash: "aa:bb", isVerified: true,
                    createdAt: Timestamp("2024-05-06T07:08:09Z")))
        #expect(
            try rows[1].get()
                == TransferredAccount(
                    email: "bob@example.org", passwordHash: "cc:dd", isVerified: false, isActive: false))
        #expect(unknown == ["name"])
        #expect(throws: TransferProblem.self) { try read("{\"users\":[]}", .betterAuth) }
    }

    @Test("Django: a dump with other models, and CSV of auth_user")
    func django() throws {
        let (rows, dumped) = try read(
            """
            [{"model":"auth.group","pk":1,"fields":{"name":"staff"}},
             {"model":"auth.user","pk":7,"fields":{"username":"ada","email":"ada@example.org","password":"pbkdf2_sha256$1$s$h","is_active":true,"date_joined":"2024-05-06T07:08:09.123Z"}},
             {"model":"auth.user","pk":8,"fields":{"email":"bob@example.org","password":"!abcdef","is_active":false}}]
            """, .django)
        #expect(
            try rows.map { try $0.get() } == [
                TransferredAccount(
                    email: "ada@example.org", passwordHash: "pbkdf2_sha256$1$s$h", isActive: true,
                    createdAt: Timestamp("2024-05-06T07:08:09.123Z")),
                TransferredAccount(email: "bob@example.org", isActive: false),
            ])
        #expect(dumped == ["username"])
        let (csv, unknown) = try read(
            "id,password,last_login,username,email,is_active,date_joined\n7,md5$a$b,,ada,ada@example.org,t,2024-05-06 07:08:09+00\n",
            .django)
        #expect(try csv[0].get().passwordHash == "md5$a$b" && unknown == ["last_login", "username"])
    }

    @Test("Firebase: the parameters of the project, as its console shows them or as JSON, are in each hash")
    func firebase() throws {
        let shown = """
            hash_config {
              algorithm: SCRYPT,
              base64_signer_key: jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==,
              base64_salt_separator: Bw==,
              rounds: 8,
              mem_cost: 14,
            }
            """
        let json = """
            {"algorithm":"SCRYPT","base64_signer_key":"jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==","base64_salt_separator":"Bw==","rounds":8,"mem_cost":14}
            """
        let file = """
            {"users": [
              {"localId": "a", "email": "ada@example.org", "emailVerified": true, "passwordHash": "aGFzaA==", "salt": "c2FsdA==", "createdAt": "1700000000123", "disabled": true},
              {"localId": "b", "email": "bob@example.org", "providerUserInfo": []},
              {"localId": "c", "phoneNumber": "+1"}
            ]}
            """
        for config in [shown, json] {
            let (rows, unknown) = try read(file, .firebase, try FirebaseHashConfig(config))
            #expect(
                try rows[0].get()
                    == TransferredAccount(
                        email: "ada@example.org",
                        passwordHash:
                            "$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$c2FsdA==$aGFzaA==",
                        isVerified: true, isActive: false, createdAt: Timestamp("2023-11-14T22:13:20.123Z")))
            #expect(try rows[1].get() == TransferredAccount(email: "bob@example.org"))
            #expect(throws: TransferProblem.self) { try rows[2].get() }
            #expect(unknown == ["localId", "providerUserInfo", "phoneNumber"])
        }
        let (rows, _) = try read(file, .firebase)
        #expect(throws: TransferProblem.self) { try rows[0].get() }
        for broken in ["", "algorithm: BCRYPT", "algorithm: SCRYPT, rounds: 8, mem_cost: x", "{}"] {
            #expect(throws: TransferProblem.self) { try FirebaseHashConfig(broken) }
        }
    }

    @Test("Auth0: exports of its support and of its users, an object a line")
    func auth0() throws {
        let (rows, unknown) = try read(
            """
            {"_id":{"$oid":"60425dc43519d90068f82973"},"email_verified":false,"email":"ada@example.org","passwordHash":"\(bcrypt)","created_at":{"$date":"2024-05-06T07:08:09.000Z"}}
            {"email":"bob@example.org","blocked":true,"custom_password_hash":{"algorithm":"bcrypt","hash":{"value":"\(bcrypt)"}}}
            {"email":"carol@example.org","custom_password_hash":{"algorithm":"hmac","hash":{"value":"00"}}}
            """, .auth0)
        #expect(
            try rows[0].get()
                == TransferredAccount(
                    email: "ada@example.org", passwordHash: bcrypt, isVerified: false,
                    createdAt: Timestamp("2024-05-06T07:08:09Z")))
        #expect(
            try rows[1].get() == TransferredAccount(email: "bob@example.org", passwordHash: bcrypt, isActive: false))
        #expect(throws: TransferProblem.self) { try rows[2].get() }
        #expect(unknown == ["_id"])
    }

    @Test("Keycloak: two JSON texts become one hash")
    func keycloak() throws {
        let (rows, unknown) = try read(
            #"""
            {"realm": "shop", "users": [
              {"id": "5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10", "createdTimestamp": 1700000000123, "username": "ada", "enabled": true, "emailVerified": true, "email": "ada@example.org",
               "credentials": [{"type": "otp"}, {"type": "password", "secretData": "{\"value\":\"dmFsdWU=\",\"salt\":\"c2FsdA==\",\"additionalParameters\":{}}",
                 "credentialData": "{\"hashIterations\":210000,\"algorithm\":\"pbkdf2-sha512\",\"additionalParameters\":{}}"}]},
              {"email": "bob@example.org", "enabled": false,
               "credentials": [{"type": "password", "secretData": "{\"value\":\"dmFsdWU=\",\"salt\":\"c2FsdA==\"}",
                 "credentialData": "{\"hashIterations\":5,\"algorithm\":\"argon2\",\"additionalParameters\":{\"hashLength\":[\"32\"],\"memory\":[\"7168\"],\"type\":[\"id\"],\"version\":[\"1.3\"],\"parallelism\":[\"1\"]}}"}]},
              {"email": "carol@example.org", "credentials": []},
              {"username": "service-account", "serviceAccountClientId": "shop"},
              {"email": "dan@example.org", "credentials": [{"type": "password", "secretData": "{", "credentialData": "{}"}]},
              {"email": "eve@example.org", "credentials": [{"type": "password", "secretData": "{\"value\":\"\",\"salt\":\"\"}", "credentialData": "{\"hashIterations\":1,\"algorithm\":\"rot13\"}"}]}
            ]}
            """#, .keycloak)
        #expect(
            try rows[0].get()
                == TransferredAccount(
                    id: id, email: "ada@example.org", passwordHash: "$pbkdf2-sha512$210000$c2FsdA==$dmFsdWU=",
                    isVerified: true, isActive: true, createdAt: Timestamp("2023-11-14T22:13:20.123Z")))
        #expect(try rows[1].get().passwordHash == "$argon2id$v=19$m=7168,t=5,p=1$c2FsdA$dmFsdWU")
        #expect(try rows[2].get().passwordHash == nil)
        #expect(rows.count == 5)
        for row in rows[3...] { #expect(throws: TransferProblem.self) { try row.get() } }
        #expect(unknown == ["username", "serviceAccountClientId"])
    }

    @Test("fastapi-users: the table, with UUIDs as SQLite keeps them")
    func fastAPIUsers() throws {
        let (rows, unknown) = try read(
            """
            id,email,hashed_password,is_active,is_superuser,is_verified
            5f0c9d1e3b7a4c529e1d8a4b6c2d7f10,ada@example.org,"$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA",1,0,1
            """, .fastAPIUsers)
        #expect(
            try rows[0].get()
                == TransferredAccount(
                    id: id, email: "ada@example.org", passwordHash: "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA",
                    isVerified: true, isActive: true))
        #expect(unknown == ["is_superuser"])
    }
}
