internal import MVPAuth
internal import Testing

extension StoreConformance {
    static let userCases: [Case] = [
        Case("a created account comes back whole, to the microsecond") { fixture in
            let user = User(
                id: .random(from: SystemEntropy()), email: "ada@example.org",
                passwordHash: PasswordHash("$2b$04$x", isImported: true), isActive: true, isVerified: true,
                createdAt: fixture.start, updatedAt: Timestamp(microseconds: fixture.start.microseconds + 1),
                passwordGeneration: 7, passwordChangedAt: Timestamp(microseconds: 1), revokedBefore: fixture.start)
            try await fixture.store.create(user)
            #expect(try await fixture.store.user(user.id) == user)
        },
        Case("an unknown account is nil") { fixture in
            let byID = try await fixture.store.user(.random(from: SystemEntropy()))
            let byAddress = try await fixture.store.user(spelled: "x@example.org", canonical: nil)
            #expect(byID == nil && byAddress == nil)
        },
        Case("an address is taken once") { fixture in
            let first = try await fixture.user()
            await #expect(throws: AuthError(.userExists)) { _ = try await fixture.user() }
            #expect(try await fixture.store.user(spelled: first.email, canonical: nil) == first)
        },
        Case("an address is found by its spelling, then by its canonical form") { fixture in
            let user = try await fixture.user("ada@example.org")
            let canonical = try fixture.email("ADA@Example.ORG")
            #expect(try await fixture.store.user(spelled: "ADA@Example.ORG", canonical: canonical)?.id == user.id)
            #expect(try await fixture.store.user(spelled: "ADA@Example.ORG", canonical: nil) == nil)
        },
        Case("an address is found by its canonical form and answered as it was written") { fixture in
            let user = try await fixture.user("ada@bücher.example", canonical: "ada@xn--bcher-kva.example")
            let canonical = try fixture.email("ada@xn--bcher-kva.example")
            for spelled in ["ada@bücher.example", "ada@BÜCHER.example", "ada@xn--bcher-kva.example"] {
                #expect(try await fixture.store.user(spelled: spelled, canonical: canonical) == user, "\(spelled)")
            }
            #expect(try await fixture.store.user(user.id) == user)
            for spelled in ["ada@bücher.example", "ada@Bücher.example", "ada@xn--bcher-kva.example"] {
                await #expect(throws: AuthError(.userExists)) {
                    _ = try await fixture.user(spelled, canonical: "ada@xn--bcher-kva.example")
                }
            }
            #expect(try await fixture.store.delete(user.id, tombstoneUntil: fixture.start))
            #expect(try await fixture.store.user(spelled: user.email, canonical: canonical) == nil)
            _ = try await fixture.user("ada@xn--bcher-kva.example")
        },
        Case("addresses are compared as bytes, not as characters") { fixture in
            let composed = try await fixture.user("caf\u{E9}@example.org")
            let decomposed = try await fixture.user("cafe\u{301}@example.org")
            #expect(
                try await fixture.store.user(spelled: "cafe\u{301}@example.org", canonical: nil)?.id == decomposed.id)
            #expect(try await fixture.store.user(spelled: "caf\u{E9}@example.org", canonical: nil)?.id == composed.id)
        },
        Case("an address is verified once, and only while it is the account's") { fixture in
            let user = try await fixture.user()
            let now = fixture.start + 5
            #expect(
                try await fixture.store.verifyEmail(of: user.id, address: "other@example.org", at: now) == .mismatch)
            #expect(
                try await fixture.store.verifyEmail(
                    of: .random(from: SystemEntropy()), address: user.email, at: now) == .mismatch)
            guard
                case .verified(let verified) =
                    try await fixture.store.verifyEmail(of: user.id, address: user.email, at: now)
            else {
                Issue.record("the address was not verified")
                return
            }
            #expect(verified.isVerified && verified.updatedAt == now)
            #expect(try await fixture.store.user(user.id) == verified)
            #expect(
                try await fixture.store.verifyEmail(of: user.id, address: user.email, at: now) == .alreadyVerified)
        },
        Case("an inactive account's address is not verified") { fixture in
            let user = try await fixture.user(isActive: false)
            #expect(
                try await fixture.store.verifyEmail(of: user.id, address: user.email, at: fixture.start) == .inactive)
        },
        Case("deactivating ends every session, activating brings none back") { fixture in
            let user = try await fixture.user()
            let session = try await fixture.session(of: user)
            let change = try #require(try await fixture.store.setActive(false, user: user.id, at: fixture.start + 1))
            #expect(!change.user.isActive)
            #expect(change.ended == [EndedSession(id: session.id, accessExpiresAt: session.accessExpiresAt)])
            #expect(try await fixture.store.user(user.id)?.isActive == false)
            let back = try #require(try await fixture.store.setActive(true, user: user.id, at: fixture.start + 2))
            #expect(back.user.isActive && back.ended.isEmpty)
            #expect(try await fixture.liveCount(of: user) == 0)
            #expect(
                try await fixture.store.setActive(true, user: .random(from: SystemEntropy()), at: fixture.start) == nil)
        },
        Case("a deleted account is gone with its sessions, its address is free, and a tombstone stays") { fixture in
            let user = try await fixture.user()
            let session = try await fixture.session(of: user)
            #expect(try await fixture.store.delete(user.id, tombstoneUntil: fixture.start + 900))
            #expect(try await fixture.store.user(user.id) == nil)
            #expect(try await fixture.store.session(session.id) == nil)
            let snapshot = try await fixture.store.revocations(at: fixture.start + 1)
            #expect(snapshot.deletedUsers.map(\.id) == [user.id])
            #expect(snapshot.deletedUsers.first?.until == fixture.start + 900)
            #expect(try await fixture.store.delete(user.id, tombstoneUntil: fixture.start) == false)
            _ = try await fixture.user()
        },
    ]
}
