internal import MVPAuth
internal import Testing

extension StoreConformance {
    static let rotationCases: [Case] = [
        Case("the current generation is exchanged once") { fixture in
            let user = try await fixture.user()
            let session = try await fixture.session(of: user)
            let rotation = fixture.rotation(of: session, .generation(0), key: "key", device: "Chromium")
            #expect(try await fixture.store.rotate(rotation).isRotated)
            let next = try #require(try await fixture.store.session(session.id))
            #expect(next.generation == 1 && next.refreshTokenHash == "token-next" && next.rotationKeyHash == "key")
            #expect(next.deviceInfo == "Chromium" && next.ipAddress == session.ipAddress)
            #expect(next.lastUsedAt == rotation.now && next.expiresAt == rotation.now + 1000)
            #expect(next.accessExpiresAt == rotation.accessExpiresAt)
            #expect(next == rotation.applied(to: session))
        },
        Case("a successor that would outlive its session is not made; one that ends with it is") { fixture in
            let user = try await fixture.user()
            let end = fixture.start + 500
            let session = fixture.newSession(of: user, expires: end, absolute: end)
            try await fixture.begin(session)
            let tooLong = Timestamp(microseconds: end.microseconds + 1)
            for presented in [Rotation.Presented.generation(0), .hash("token-0", generation: 0)] {
                let rotation = fixture.rotation(of: session, presented, until: tooLong)
                #expect(try await fixture.store.rotate(rotation) == .outlives(absoluteEnd: end))
                #expect(try await fixture.store.session(session.id) == session)
            }
            let rotation = fixture.rotation(of: session, .generation(0), until: end)
            #expect(try await fixture.store.rotate(rotation) == .rotated(absoluteEnd: end))
            #expect(try await fixture.store.session(session.id)?.expiresAt == end)
            let used = fixture.rotation(of: session, .generation(0), until: tooLong)
            guard case .reused(let ended) = try await fixture.store.rotate(used) else {
                Issue.record("reuse was not noticed")
                return
            }
            #expect(ended.map(\.id) == [session.id])
        },
        Case("reuse ends every session of the user, and nobody else's") { fixture in
            let user = try await fixture.user()
            let other = try await fixture.user("bob@example.org")
            let session = try await fixture.session(of: user)
            _ = try await fixture.session(of: user)
            _ = try await fixture.session(of: other)
            _ = try await fixture.store.rotate(fixture.rotation(of: session, .generation(0)))
            guard
                case .reused(let ended) =
                    try await fixture.store.rotate(
                        fixture.rotation(of: session, .generation(0), at: fixture.start + 11))
            else {
                Issue.record("reuse was not noticed")
                return
            }
            #expect(ended.count == 2)
            #expect(try await fixture.liveCount(of: user) == 0)
            #expect(try await fixture.liveCount(of: other) == 1)
        },
        Case("reuse can be told to end its session only") { fixture in
            let user = try await fixture.user()
            let session = try await fixture.session(of: user)
            _ = try await fixture.session(of: user)
            _ = try await fixture.store.rotate(fixture.rotation(of: session, .generation(0)))
            let reuse = fixture.rotation(of: session, .generation(0), at: fixture.start + 11, reuseEnds: .session)
            guard case .reused(let ended) = try await fixture.store.rotate(reuse) else {
                Issue.record("reuse was not noticed")
                return
            }
            #expect(ended.map(\.id) == [session.id])
            #expect(try await fixture.liveCount(of: user) == 1)
        },
        Case("the same key gets the same generation again, for a minute") { fixture in
            let user = try await fixture.user()
            let session = try await fixture.session(of: user)
            func again(_ key: String?, after seconds: Int64) -> Rotation {
                fixture.rotation(of: session, .generation(0), at: fixture.start + 10 + seconds, key: key)
            }
            #expect(try await fixture.store.rotate(again("key", after: 0)).isRotated)
            let next = try #require(try await fixture.store.session(session.id))
            #expect(try await fixture.store.rotate(again("key", after: 60)) == .replayed(next))
            guard case .reused = try await fixture.store.rotate(again("key", after: 61)) else {
                Issue.record("a key was good for more than a minute")
                return
            }
        },
        Case("another key is reuse") { fixture in
            let user = try await fixture.user()
            let session = try await fixture.session(of: user)
            _ = try await fixture.store.rotate(fixture.rotation(of: session, .generation(0), key: "key"))
            guard
                case .reused = try await fixture.store.rotate(
                    fixture.rotation(of: session, .generation(0), key: "another"))
            else {
                Issue.record("another key was accepted")
                return
            }
        },
        Case("within the leeway the preceding generation gets the same successor, until that is used") { fixture in
            let user = try await fixture.user()
            let session = try await fixture.session(of: user)
            func present(_ generation: Int64, after seconds: Int64) -> Rotation {
                fixture.rotation(
                    of: session, .generation(generation), at: fixture.start + 10 + seconds, leeway: 10)
            }
            #expect(try await fixture.store.rotate(present(0, after: 0)).isRotated)
            let next = try #require(try await fixture.store.session(session.id))
            #expect(try await fixture.store.rotate(present(0, after: 9)) == .replayed(next))
            guard case .rotated = try await fixture.store.rotate(present(1, after: 9)) else {
                Issue.record("the successor was not exchanged")
                return
            }
            guard case .reused = try await fixture.store.rotate(present(0, after: 9)) else {
                Issue.record("a used successor's predecessor was accepted")
                return
            }
        },
        Case("a dead session refuses and touches no other") { fixture in
            let user = try await fixture.user()
            let revoked = try await fixture.session(of: user)
            let expired = fixture.newSession(of: user, expires: fixture.start + 5)
            try await fixture.begin(expired)
            _ = try await fixture.session(of: user)
            _ = try await fixture.store.revoke(revoked.id, of: user.id, at: fixture.start + 1)
            #expect(try await fixture.store.rotate(fixture.rotation(of: revoked, .generation(0))) == .refused(.revoked))
            #expect(try await fixture.store.rotate(fixture.rotation(of: expired, .generation(0))) == .refused(.expired))
            #expect(try await fixture.liveCount(of: user) == 1)
        },
        Case("unknown, foreign and future tokens are refused without effect") { fixture in
            let user = try await fixture.user()
            let other = try await fixture.user("bob@example.org")
            let session = try await fixture.session(of: user)
            let unknown = fixture.newSession(of: user)
            for rotation in [
                fixture.rotation(of: unknown, .generation(0)),
                fixture.rotation(of: session, .generation(0), user: other.id),
                fixture.rotation(of: session, .generation(1)),
                fixture.rotation(of: session, .generation(.max)),
            ] {
                #expect(try await fixture.store.rotate(rotation) == .refused(.unknown))
            }
            #expect(try await fixture.store.session(session.id) == session)
        },
        Case("an inactive user's token is refused") { fixture in
            let user = try await fixture.user()
            let session = try await fixture.session(of: user)
            _ = try await fixture.store.setActive(false, user: user.id, at: fixture.start + 1)
            #expect(
                try await fixture.store.rotate(fixture.rotation(of: session, .generation(0))) == .refused(.inactive))
        },
        Case("a token without a generation that is not the session's is a used one") { fixture in
            let user = try await fixture.user()
            let session = try await fixture.session(of: user)
            guard
                case .reused(let ended) =
                    try await fixture.store.rotate(fixture.rotation(of: session, .hash("wrong", generation: 0)))
            else {
                Issue.record("reuse was not noticed")
                return
            }
            #expect(ended.map(\.id) == [session.id])
        },
        Case("a token without a generation is exchanged by its hash, once") { fixture in
            let user = try await fixture.user()
            let session = try await fixture.session(of: user)
            let rotation = fixture.rotation(of: session, .hash("token-0", generation: 0))
            guard case .rotated = try await fixture.store.rotate(rotation) else {
                Issue.record("the token was not exchanged")
                return
            }
            guard case .reused = try await fixture.store.rotate(rotation) else {
                Issue.record("reuse was not noticed")
                return
            }
        },
    ]
}
