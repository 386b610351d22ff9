internal import MVPAuth
internal import Testing

extension StoreConformance {
    static let auditCases: [Case] = [
        Case("an event is kept as it was noted") { fixture in
            var origin = RequestOrigin(app: "forum", uid: 1001, RequestOrigin.Number(process: "abc", call: 7))
            origin.source = "2001:db8::1"
            let (user, session) = (UserID(high: 1, low: 2), SessionID(high: 3, low: 4))
            let all = AuthEvent.Kind.allCases.enumerated().map { index, kind in
                AuthEvent(
                    id: .random(from: SystemEntropy()), at: fixture.start + Int64(index), kind,
                    index % 2 == 0 ? .success : .failure, of: index % 3 == 0 ? nil : user, session: session, by: origin,
                    detail: index == 0 ? String(repeating: "x", count: AuthEvent.longestDetail) : nil)
            }
            try await fixture.store.write { for event in all { _ = try $0.insert(event) } }
            #expect(try await fixture.store.events() == all.reversed())
            #expect(all[1].requestID == "abc-7" && all[1].source == "2001:db8::1")
        },
        Case("who asks for a part gets the newest of it, and every event on one page") { fixture in
            let (ada, eve) = (UserID(high: 1, low: 1), UserID(high: 2, low: 2))
            var all: [AuthEvent] = []
            for number in 0..<40 {
                // Several in one instant.
                all.append(
                    AuthEvent(
                        id: .random(from: SystemEntropy()), at: fixture.start + Int64(number / 4),
                        number % 5 == 0 ? .loginFailed : .loginSucceeded, of: number % 2 == 0 ? ada : eve,
                        by: RequestOrigin(app: number < 10 ? "forum" : "shop", uid: 1)))
            }
            let events = all
            try await fixture.store.write { for event in events { _ = try $0.insert(event) } }
            var seen: [AuthEvent] = []
            var cursor: PageCursor<AuthEvent>?
            repeat {
                let page = try await fixture.store.events(after: cursor, limit: 7)
                seen += page
                cursor = page.last.map { PageCursor(createdAt: $0.at, id: $0.id) }
            } while cursor != nil
            let sorted = all.sorted { ($0.at, $0.id.high, $0.id.low) > ($1.at, $1.id.high, $1.id.low) }
            #expect(seen == sorted)
            let (since, until) = (fixture.start + 2, fixture.start + 5)
            let filters: [(EventFilter, (AuthEvent) -> Bool)] = [
                (EventFilter(user: ada), { $0.userID == ada }),
                (EventFilter(kind: .loginFailed), { $0.kind == .loginFailed }),
                (EventFilter(app: "forum"), { $0.app == "forum" }), (EventFilter(since: since), { $0.at >= since }),
                (EventFilter(until: until), { $0.at < until }),
                (
                    EventFilter(user: eve, kind: .loginSucceeded, app: "shop", since: since, until: until),
                    {
                        $0.userID == eve && $0.kind == .loginSucceeded && $0.app == "shop" && $0.at >= since
                            && $0.at < until
                    }
                ),
            ]
            for (filter, isWanted) in filters {
                #expect(try await fixture.store.events(filter) == sorted.filter(isWanted))
            }
        },
        Case("a login is noted with its session, and so is each session that it ends") { fixture in
            for (index, isWhole) in [true, false].enumerated() {
                let store: any AuthStore = isWhole ? fixture.store : Defaults(fixture.store)
                let user = try await fixture.user("user\(index)@example.org")
                var sessions: [Session] = []
                for second in 0..<3 as Range<Int64> {
                    let session = fixture.newSession(of: user, at: fixture.start + second)
                    sessions.append(session)
                    _ = try await store.begin(fixture.start(of: session, limit: 2, trail(isKept: true)))
                }
                let events = try await fixture.store.events(EventFilter(user: user.id))
                let started = events.filter { $0.kind == .loginSucceeded }
                #expect(started.map(\.sessionID) == sessions.reversed().map(\.id))
                #expect(started.allSatisfy { $0.isAsNoted })
                let ended = events.filter { $0.kind == .sessionRevoked }
                #expect(ended.map(\.sessionID) == [sessions[0].id])
                #expect(ended.allSatisfy { $0.isAsNoted && $0.detail == "by=limit" && $0.at == fixture.start + 2 })
                #expect(events.count == 4)
            }
        },
        Case("a login that is refused, or of which nothing is kept, leaves no event") { fixture in
            for store in [fixture.store, Defaults(fixture.store)] as [any AuthStore] {
                let user = try await fixture.user("user\(UserID.random(from: SystemEntropy()))@example.org")
                let refused = fixture.start(
                    of: fixture.newSession(of: user), trail(isKept: true), verified: PasswordHash("another"))
                #expect(try await store.begin(refused) == .refused)
                for trail in [nil, trail(isKept: false)] {
                    let session = fixture.newSession(of: user)
                    _ = try await store.begin(fixture.start(of: session, trail))
                    _ = try await store.logout(
                        blocking: fixture.token(of: session), ending: session.id, of: user.id, noting: trail,
                        at: fixture.start + 1)
                }
                #expect(try await fixture.store.events().isEmpty)
            }
        },
        Case("a logout is noted once, when it ends a session") { fixture in
            for (index, store) in ([fixture.store, Defaults(fixture.store)] as [any AuthStore]).enumerated() {
                let user = try await fixture.user("user\(index)@example.org")
                let session = try await fixture.session(of: user)
                for _ in 0..<2 {
                    _ = try await store.logout(
                        blocking: fixture.token(of: session), ending: session.id, of: user.id,
                        noting: trail(isKept: true), at: fixture.start + 5)
                }
                _ = try await store.logout(
                    blocking: fixture.token(of: session), ending: nil, of: user.id, noting: trail(isKept: true),
                    at: fixture.start + 6)
                let events = try await fixture.store.events(EventFilter(user: user.id))
                #expect(events.count == 1)
                #expect(events.first?.kind == .sessionRevoked && events.first?.sessionID == session.id)
                #expect(events.first?.isAsNoted == true && events.first?.detail == "by=logout")
            }
        },
        Case("a refresh is not noted; a used refresh token that comes back is, with what it ends") { fixture in
            for (index, store) in ([fixture.store, Defaults(fixture.store)] as [any AuthStore]).enumerated() {
                let user = try await fixture.user("user\(index)@example.org")
                let (session, other) = (try await fixture.session(of: user), try await fixture.session(of: user))
                var rotation = fixture.rotation(of: session, .generation(0))
                rotation.trail = trail(isKept: true)
                #expect(try await store.rotate(rotation).isRotated)
                #expect(try await fixture.store.events(EventFilter(user: user.id)).isEmpty)
                guard case .reused = try await store.rotate(rotation) else {
                    Issue.record("no reuse")
                    return
                }
                let events = try await fixture.store.events(EventFilter(user: user.id))
                #expect(events.count == 3 && events.allSatisfy(\.isAsNoted))
                #expect(events.filter { $0.kind == .tokenReuse }.map(\.sessionID) == [session.id])
                let ended = events.filter { $0.kind == .sessionRevoked && $0.detail == "by=reuse" }
                #expect(Set(ended.map(\.sessionID)) == [session.id, other.id])
                // A session that has ended refuses, and that is nothing new.
                _ = try await store.rotate(rotation)
                #expect(try await fixture.store.events(EventFilter(user: user.id)).count == 3)
            }
        },
        Case("what is undone leaves no event") { fixture in
            let user = try await fixture.user()
            await #expect(throws: AuthError.self) {
                try await fixture.store.write { verbs in
                    let transaction = Transaction(verbs, trail(isKept: true))
                    try transaction.record(.accountUpdated, of: user.id, at: fixture.start)
                    throw AuthError(.cancelled)
                }
            }
            #expect(try await fixture.store.events().isEmpty)
        },
        Case("of an account that is deleted no event says which it was, and all that it was one") { fixture in
            let (user, other) = (try await fixture.user(), try await fixture.user("eve@example.org"))
            try await fixture.store.write { verbs in
                let transaction = Transaction(verbs, trail(isKept: true))
                for second in 0..<300 as Range<Int64> {
                    try transaction.record(.loginSucceeded, of: user.id, at: fixture.start + second)
                }
                try transaction.record(.loginSucceeded, of: other.id, at: fixture.start)
            }
            let tombstone = try await fixture.store.write { verbs in
                try Transaction(verbs, trail(isKept: true)).delete(
                    user.id, tombstoneUntil: fixture.start + 900, at: fixture.start + 500)
            }
            let events = try await fixture.store.events()
            #expect(events.count == 302 && !events.contains { $0.userID == user.id })
            #expect(events.count { $0.userID == tombstone } == 301)
            #expect(events.first?.kind == .accountDeleted)
            #expect(tombstone.map { ($0.high >> 12) & 0xF } == 8, "no identifier of an account")
            #expect(try await fixture.store.events(EventFilter(user: other.id)).count == 1)
        },
        Case("what failed is written once, however often it is, and names nobody who is gone") { fixture in
            let user = try await fixture.user()
            func event(_ detail: String, of user: UserID) -> AuthEvent {
                AuthEvent(
                    id: EventID(high: 7, low: user.low), at: fixture.start, .loginFailed, .failure, of: user,
                    by: RequestOrigin(app: "forum", uid: 1), detail: detail)
            }
            for count in ["count=1", "count=2"] {
                let all = [event(count, of: user.id), event(count, of: UserID(high: 9, low: 9))]
                try await fixture.store.write { try Transaction($0).write(attempts: all) }
                let stored = try await fixture.store.events()
                #expect(stored.count == 2 && stored.allSatisfy { $0.detail == count })
                #expect(Set(stored.map(\.userID)) == [user.id, nil])
            }
        },
        Case("what is old enough goes in small batches; requests at nobody's address go sooner") { fixture in
            let user = UserID(high: 1, low: 1)
            func event(_ kind: AuthEvent.Kind, _ user: UserID?, age: Int64) -> AuthEvent {
                AuthEvent(
                    id: .random(from: SystemEntropy()), at: fixture.start - age, kind, of: user,
                    by: RequestOrigin(app: "forum", uid: 1))
            }
            let old = (0..<5).map { event(.loginSucceeded, user, age: 1001 + $0) }
            let asked = (0..<3).map { event(.passwordResetRequested, nil, age: 101 + $0) }
            let kept = [
                event(.loginSucceeded, user, age: 1000), event(.passwordResetRequested, user, age: 500),
                event(.passwordResetRequested, nil, age: 100), event(.loginFailed, nil, age: 500),
            ]
            try await fixture.store.write { for event in old + asked + kept { _ = try $0.insert(event) } }
            var counts: [Int] = []
            repeat {
                counts.append(
                    try await fixture.store.write {
                        try Transaction($0).purgeEvents(
                            before: fixture.start - 1000, unknownBefore: fixture.start - 100, limit: 2)
                    })
            } while counts.last == 2
            #expect(counts == [2, 2, 1])
            #expect(Set(try await fixture.store.events().map(\.id)) == Set(kept.map(\.id)))
        },
    ]

    private static func trail(isKept: Bool) -> AuditTrail {
        var origin = RequestOrigin(app: "forum", uid: 1001, RequestOrigin.Number(process: "abc", call: 7))
        origin.source = "192.0.2.7"
        return AuditTrail(origin, isKept: isKept)
    }
}

extension AuthEvent {
    /// Whether it says of who asked what the trail of these cases says.
    fileprivate var isAsNoted: Bool {
        app == "forum" && uid == 1001 && source == "192.0.2.7" && requestID == "abc-7" && outcome == .success
    }
}

extension Fixture {
    fileprivate func start(
        of session: Session, limit: Int = 100, _ trail: AuditTrail?, verified: PasswordHash? = nil
    ) -> SessionStart {
        var start = SessionStart(session: session, verified: verified ?? hash, rehashed: nil, limit: limit)
        start.trail = trail
        return start
    }

    fileprivate func token(of session: Session) -> BlockedToken {
        BlockedToken(tokenID: "token of \(session.id)", kind: .access, expiresAt: start + 900)
    }
}

extension AuthStore {
    fileprivate func events(
        _ filter: EventFilter = EventFilter(), after cursor: PageCursor<AuthEvent>? = nil, limit: Int = 1000
    ) async throws(AuthError) -> [AuthEvent] {
        try await read { try Transaction($0).events(filter, after: cursor, limit: limit) }
    }
}
