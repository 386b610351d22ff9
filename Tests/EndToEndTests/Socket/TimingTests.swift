import Foundation
import MVPAuth
import MVPAuthClient
import Testing

/// Whether the time of an answer tells something. The bound is wide: it catches a missing hash, not a slow machine.
@Suite("Timing", .serialized)
struct TimingTests {
    @Test("a login takes as long for an unknown address as for a wrong password")
    func login() async throws {
        let daemon = try await Daemon(["AUTH_BCRYPT_COST": "8"])
        let client = daemon.client()
        _ = try await client.register(email: "ada@example.org", password: Secret("correct horse battery"))
        var samples: [String: [Duration]] = [:]
        for round in 0..<150 {
            for email in ["ada@example.org", "nobody\(round)@example.org"].shuffled() {
                let start = ContinuousClock.now
                await #expect(throws: AuthClientError.self) {
                    _ = try await client.login(email: email, password: Secret("wrong password"))
                }
                samples[email.hasPrefix("ada") ? "known" : "unknown", default: []].append(ContinuousClock.now - start)
            }
        }
        func median(_ name: String) -> Double {
            let sorted = (samples[name] ?? []).sorted()
            return sorted.isEmpty ? 0 : sorted[sorted.count / 2] / .microseconds(1)
        }
        let (known, unknown) = (median("known"), median("unknown"))
        #expect(known > 0 && abs(known - unknown) < 0.2 * known, "known \(known) µs, unknown \(unknown) µs")
        await client.close()
    }
}
