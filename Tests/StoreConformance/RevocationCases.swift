internal import MVPAuth
internal import Testing

extension StoreConformance {
    static let revocationCases: [Case] = [
        Case("a logout blocks its token and ends its session, and only its owner's") { fixture in
            let user = try await fixture.user()
            let other = try await fixture.user("bob@example.org")
            let session = try await fixture.session(of: user)
            let token = BlockedToken(tokenID: "jti", kind: .access, expiresAt: fixture.start + 900)
            let now = fixture.start + 1
            #expect(try await fixture.store.logout(blocking: token, ending: session.id, of: other.id, at: now) == nil)
            #expect(
                try await fixture.store.logout(blocking: token, ending: session.id, of: user.id, at: now)?.id
                    == session.id)
            #expect(try await fixture.store.logout(blocking: token, ending: nil, of: user.id, at: now) == nil)
            #expect(try await fixture.store.revocations(at: now).tokens == [token])
            #expect(try await fixture.liveCount(of: user) == 0)
        },
        Case("the store itself says why a token is dead") { fixture in
            let store = fixture.store
            let user = try await fixture.user()
            func claims(_ session: Session? = nil, id: String = "jti", issuedAt: Int64 = 100) -> Claims {
                Claims(
                    kind: .access, subject: user.id, tokenID: id, issuedAt: fixture.start.seconds + issuedAt,
                    expiresAt: fixture.start.seconds + 1000, sessionID: session?.id)
            }
            let session = try await fixture.session(of: user)
            #expect(try await store.rejection(of: claims(session)) == nil)
            #expect(try await store.rejection(of: claims()) == nil)
            #expect(try await store.rejection(of: claims(fixture.newSession(of: user))) == .tokenRevoked, "unknown")
            let blocked = BlockedToken(tokenID: "blocked", kind: .access, expiresAt: fixture.start + 900)
            _ = try await store.logout(blocking: blocked, ending: nil, of: user.id, at: fixture.start + 1)
            #expect(try await store.rejection(of: claims(session, id: "blocked")) == .tokenRevoked)
            _ = try await store.revokeAll(of: user.id, at: fixture.start + 200)
            #expect(try await store.rejection(of: claims(session)) == .tokenRevoked)
            #expect(try await store.rejection(of: claims(issuedAt: 200)) == .tokenRevoked)
            #expect(try await store.rejection(of: claims(issuedAt: 201)) == nil)
            _ = try await store.setActive(false, user: user.id, at: fixture.start + 200)
            #expect(try await store.rejection(of: claims(issuedAt: 201)) == .userInactive)
            _ = try await store.delete(user.id, tombstoneUntil: fixture.start + 900)
            #expect(try await store.rejection(of: claims(issuedAt: 201)) == .tokenRevoked)
        },
        Case("the snapshot holds what may still kill a token, and nothing else") { fixture in
            let user = try await fixture.user()
            let inactive = try await fixture.user("bob@example.org", isActive: false)
            let session = try await fixture.session(of: user)
            _ = try await fixture.session(of: user)
            _ = try await fixture.store.revoke(session.id, of: user.id, at: fixture.start + 1)
            let reset = BlockedToken(tokenID: "reset", kind: .passwordReset, expiresAt: fixture.start + 900)
            _ = try await fixture.store.logout(blocking: reset, ending: nil, of: user.id, at: fixture.start)
            let early = try await fixture.store.revocations(at: fixture.start + 2)
            #expect(early.sessions == [EndedSession(id: session.id, accessExpiresAt: session.accessExpiresAt)])
            #expect(early.inactiveUsers == [inactive.id])
            #expect(early.tokens.isEmpty, "only access tokens are asked about")
            let late = try await fixture.store.revocations(at: fixture.start + 900)
            #expect(late.sessions.isEmpty)
        },
        Case("a logout of all leaves a cutoff for tokens without a session") { fixture in
            let user = try await fixture.user()
            _ = try await fixture.store.revokeAll(of: user.id, at: fixture.start + 1)
            let cutoffs = try await fixture.store.revocations(at: fixture.start + 2).cutoffs
            #expect(cutoffs.map(\.id) == [user.id])
            #expect(cutoffs.first?.before == fixture.start + 1)
            #expect(try await fixture.store.revocations(at: fixture.start + 2 * 86_400).cutoffs.isEmpty)
        },
        Case("a purge removes what nothing refers to any more, in batches") { fixture in
            let user = try await fixture.user()
            for index in 0..<5 {
                let token = BlockedToken(tokenID: "old-\(index)", kind: .access, expiresAt: fixture.start + 10)
                _ = try await fixture.store.logout(blocking: token, ending: nil, of: user.id, at: fixture.start)
                try await fixture.begin(fixture.newSession(of: user, expires: fixture.start + 10))
            }
            let live = try await fixture.session(of: user)
            let later = fixture.start + 901
            #expect(try await fixture.store.purge(expiredBefore: later, limit: 3) == 3)
            #expect(try await fixture.store.purge(expiredBefore: later, limit: 3) == 2)
            #expect(try await fixture.store.purge(expiredBefore: later, limit: 3) == 0)
            #expect(try await fixture.store.session(live.id) == live)
        },
        Case("a session whose access tokens may live is not purged") { fixture in
            let user = try await fixture.user()
            let session = try await fixture.session(of: user)
            _ = try await fixture.store.revoke(session.id, of: user.id, at: fixture.start + 1)
            _ = try await fixture.store.purge(expiredBefore: fixture.start + 899, limit: 10)
            #expect(try await fixture.store.revocations(at: fixture.start + 2).sessions.map(\.id) == [session.id])
            #expect(try await fixture.store.purge(expiredBefore: fixture.start + 901, limit: 10) == 1)
        },
        Case("a store answers a ping") { fixture in
            try await fixture.store.ping()
        },
    ]
}
