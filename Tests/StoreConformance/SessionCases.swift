internal import MVPAuth
internal import Testing

extension StoreConformance {
    private typealias Ending = @Sendable (Fixture, User, Session, Timestamp) async throws -> [SessionID]

    /// What ends every session of a user: a change, a reset, a deactivation, a reuse.
    private static let endings: [Ending] = [
        { fixture, user, _, now in
            let change = PasswordChange(user: user.id, from: fixture.hash, to: PasswordHash("new"), now: now)
            guard case .changed(let account) = try await fixture.store.changePassword(change) else { return [] }
            return account.ended.map(\.id)
        },
        { fixture, user, _, _ in
            let reset = fixture.reset(of: user, token: "\(user.id)")
            guard case .changed(let account) = try await fixture.store.resetPassword(reset) else { return [] }
            return account.ended.map(\.id)
        },
        { fixture, user, _, now in
            try await fixture.store.setActive(false, user: user.id, at: now)?.ended.map(\.id) ?? []
        },
        { fixture, _, used, now in
            for _ in 0..<2 {
                let rotation = fixture.rotation(of: used, .generation(0), at: now)
                if case .reused(let ended) = try await fixture.store.rotate(rotation) { return ended.map(\.id) }
            }
            return []
        },
    ]

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
        Case("a lower limit ends as many as are too many, the least recently used, and none that is over") { fixture in
            let user = try await fixture.user()
            let other = try await fixture.user("bob@example.org")
            var sessions: [Session] = []
            for second in 0..<6 {
                sessions.append(try await fixture.session(of: user, at: fixture.start + Int64(second)))
                _ = try await fixture.session(of: other, at: fixture.start)
            }
            let over = fixture.newSession(of: user, expires: fixture.start + 5)
            try await fixture.begin(over)
            _ = try await fixture.store.revoke(sessions[5].id, of: user.id, at: fixture.start + 6)
            let new = fixture.newSession(of: user, at: fixture.start + 7)
            guard case .begun(let ended) = try await fixture.begin(new, limit: 3) else {
                Issue.record("the session was refused")
                return
            }
            #expect(Set(ended.map(\.id)) == Set(sessions[..<3].map(\.id)))
            let live = try await fixture.store.liveSessions(of: user.id, limit: 10, at: fixture.start + 8)
            #expect(live.map(\.id) == [new.id, sessions[4].id, sessions[3].id])
            #expect(try await fixture.store.liveSessions(of: other.id, limit: 10, at: fixture.start + 8).count == 6)
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
        Case("the live sessions of all accounts are counted") { fixture in
            let (ada, bob) = (try await fixture.user(), try await fixture.user("bob@example.org"))
            try await fixture.begin(fixture.newSession(of: ada, expires: fixture.start + 5))
            try await fixture.begin(fixture.newSession(of: bob, absolute: fixture.start + 5))
            let revoked = try await fixture.session(of: bob)
            _ = try await fixture.store.revoke(revoked.id, of: bob.id, at: fixture.start + 1)
            _ = try await fixture.session(of: ada)
            func count(at second: Int64) async throws -> Int {
                try await fixture.store.read { try Transaction($0).liveSessionCount(at: fixture.start + second) }
            }
            #expect(try await count(at: 4) == 3)
            #expect(try await count(at: 5) == 1)
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
        Case("an expired session cannot be revoked once its access tokens are dead") { fixture in
            let user = try await fixture.user()
            let session = fixture.newSession(of: user, expires: fixture.start + 5)
            try await fixture.begin(session)
            #expect(try await fixture.store.revoke(session.id, of: user.id, at: fixture.start + 900) == nil)
        },
        Case("past its idle or absolute end a session ends as long as its access tokens may live") { fixture in
            let user = try await fixture.user()
            let other = try await fixture.user("bob@example.org")
            let (start, now) = (fixture.start, fixture.start + 200)
            func acting() async throws -> [Session] {
                let sessions = [
                    fixture.newSession(of: user, expires: start + 100),
                    fixture.newSession(of: user, absolute: start + 100),
                    fixture.newSession(of: user, expires: start + 100, absolute: start + 100),
                ]
                for session in sessions { try await fixture.begin(session) }
                return sessions
            }
            let over = fixture.newSession(of: user, expires: start + 100, access: start + 200)
            try await fixture.begin(over)
            for session in try await acting() {
                #expect(try await fixture.store.revoke(session.id, of: other.id, at: now) == nil)
                let ended = EndedSession(id: session.id, accessExpiresAt: session.accessExpiresAt)
                #expect(try await fixture.store.revoke(session.id, of: user.id, at: now) == ended)
                #expect(try await fixture.store.revoke(session.id, of: user.id, at: now) == nil)
            }
            let sessions = try await acting()
            let all = try await fixture.store.revokeAll(of: user.id, at: now)
            #expect(Set(all.map(\.id)) == Set(sessions.map(\.id)), "and none whose access tokens are dead")
            let dead = Set(try await fixture.store.revocations(at: now).sessions.map(\.id))
            #expect(dead.isSuperset(of: sessions.map(\.id)))
        },
        Case("whatever ends every session ends those past their absolute end too") { fixture in
            let (start, now) = (fixture.start, fixture.start + 200)
            for (index, ends) in endings.enumerated() {
                let user = try await fixture.user("user\(index)@example.org")
                let session = fixture.newSession(of: user, absolute: start + 100)
                try await fixture.begin(session)
                let used = fixture.newSession(of: user)
                try await fixture.begin(used)
                #expect(try await ends(fixture, user, used, now).contains(session.id), "ending \(index)")
            }
        },
        Case("no access token is expected beyond the absolute end of its session") { fixture in
            let user = try await fixture.user()
            let session = fixture.newSession(of: user, absolute: fixture.start + 950, access: fixture.start + 900)
            try await fixture.begin(session)
            let rotation = fixture.rotation(
                of: session, .generation(0), at: fixture.start + 500, until: session.absoluteExpiresAt)
            #expect(
                try await fixture.store.rotate(rotation) == .rotated(absoluteEnd: session.absoluteExpiresAt))
            #expect(try await fixture.store.session(session.id)?.accessExpiresAt == session.absoluteExpiresAt)
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
