internal import MVPAuth
internal import Testing

extension StoreConformance {
    static let sessionCases: [Case] = [
        Case("a session comes back whole") { fixture in
            let user = try await fixture.user()
            let session = try await fixture.session(of: user)
            #expect(try await fixture.store.session(session.id) == session)
            #expect(try await fixture.store.session(.random(from: SystemEntropy())) == nil)
        },
        Case("no session begins on another hash, an inactive account or a missing one") { fixture in
            let user = try await fixture.user()
            #expect(try await fixture.begin(fixture.newSession(of: user), hash: PasswordHash("other")) == .refused)
            let inactive = try await fixture.user("bob@example.org", isActive: false)
            #expect(try await fixture.begin(fixture.newSession(of: inactive)) == .refused)
            _ = try await fixture.store.delete(user.id, tombstoneUntil: fixture.start)
            #expect(try await fixture.begin(fixture.newSession(of: user)) == .refused)
        },
        Case("a login replaces the hash that it verified, and only that") { fixture in
            let user = try await fixture.user()
            let better = PasswordHash("$2b$12$better")
            #expect(try await fixture.begin(fixture.newSession(of: user), rehashed: better) == .begun(ended: []))
            #expect(try await fixture.store.user(user.id)?.passwordHash == better)
            #expect(
                try await fixture.begin(fixture.newSession(of: user), rehashed: PasswordHash("late")) == .refused)
            #expect(try await fixture.store.user(user.id)?.passwordHash == better)
            #expect(try await fixture.store.user(user.id)?.passwordGeneration == 0, "a rehash is no change")
        },
        Case("beyond the limit the least recently used session ends") { fixture in
            let user = try await fixture.user()
            let old = fixture.newSession(of: user, at: fixture.start)
            let older = fixture.newSession(of: user, at: fixture.start + 1)
            for session in [old, older] { try await fixture.begin(session, limit: 2) }
            _ = try await fixture.store.rotate(fixture.rotation(of: old, .generation(0), at: fixture.start + 2))
            let new = fixture.newSession(of: user, at: fixture.start + 3)
            guard case .begun(let ended) = try await fixture.begin(new, limit: 2) else {
                Issue.record("the session was refused")
                return
            }
            #expect(ended.map(\.id) == [older.id])
            let live = try await fixture.store.liveSessions(of: user.id, limit: 10, at: fixture.start + 4)
            #expect(live.map(\.id) == [new.id, old.id], "the latest used first")
        },
        Case("expired and revoked sessions are not live and do not count") { fixture in
            let user = try await fixture.user()
            try await fixture.begin(fixture.newSession(of: user, expires: fixture.start + 5))
            try await fixture.begin(fixture.newSession(of: user, absolute: fixture.start + 5))
            let revoked = try await fixture.session(of: user)
            _ = try await fixture.store.revoke(revoked.id, of: user.id, at: fixture.start + 1)
            let live = try await fixture.session(of: user)
            #expect(
                try await fixture.store.liveSessions(of: user.id, limit: 10, at: fixture.start + 6).map(\.id)
                    == [live.id])
            #expect(
                try await fixture.begin(fixture.newSession(of: user, at: fixture.start + 6), limit: 2)
                    == .begun(ended: []))
        },
        Case("a list has at most so many") { fixture in
            let user = try await fixture.user()
            for second in 0..<5 { _ = try await fixture.session(of: user, at: fixture.start + Int64(second)) }
            #expect(try await fixture.store.liveSessions(of: user.id, limit: 3, at: fixture.start + 9).count == 3)
        },
        Case("one session ends, once, and only its owner's") { fixture in
            let user = try await fixture.user()
            let other = try await fixture.user("bob@example.org")
            let session = try await fixture.session(of: user)
            let now = fixture.start + 1
            #expect(try await fixture.store.revoke(session.id, of: other.id, at: now) == nil)
            #expect(
                try await fixture.store.revoke(session.id, of: user.id, at: now)
                    == EndedSession(id: session.id, accessExpiresAt: session.accessExpiresAt))
            #expect(try await fixture.store.revoke(session.id, of: user.id, at: now) == nil)
            #expect(try await fixture.store.session(session.id)?.revokedAt == now)
        },
        Case("an expired session cannot be revoked") { fixture in
            let user = try await fixture.user()
            let session = fixture.newSession(of: user, expires: fixture.start + 5)
            try await fixture.begin(session)
            #expect(try await fixture.store.revoke(session.id, of: user.id, at: fixture.start + 5) == nil)
        },
        Case("all sessions of one user end, nobody else's") { fixture in
            let user = try await fixture.user()
            let other = try await fixture.user("bob@example.org")
            let mine = [try await fixture.session(of: user), try await fixture.session(of: user)]
            _ = try await fixture.session(of: other)
            let ended = try await fixture.store.revokeAll(of: user.id, at: fixture.start + 1)
            #expect(Set(ended.map(\.id)) == Set(mine.map(\.id)))
            #expect(try await fixture.store.revokeAll(of: user.id, at: fixture.start + 2).isEmpty)
            #expect(try await fixture.liveCount(of: other) == 1)
        },
    ]
}
