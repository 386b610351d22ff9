// The whole of authentication in a Swift app, without a daemon: register, sign in, refresh, change the password.
//
//     swift run InProcessExample

import AuthCrypto
import InternationalDomains
import MVPAuth
import MemoryStore

let system = try await AuthSystem(
    store: MemoryStore(), hasher: HashingPool(), signer: try KeyRing(secret: "an example of at least 32 bytes!"),
    domains: IDN2DomainEncoder())

let user = try await system.users.register(email: "ada@example.org", password: Secret("correct horse battery"))
print("registered", user.email)

let pair = try await system.auth.login(email: "Ada@Example.org", password: Secret("correct horse battery"))
let claims = try await system.tokens.verify(pair.accessToken.reveal())
print("signed in as", claims.subject, "for", pair.expiresIn, "seconds")

let next = try await system.auth.refresh(pair.refreshToken)
print("refreshed; the first refresh token is used up")

do {
    _ = try await system.auth.refresh(pair.refreshToken)
} catch {
    print("it is presented again:", error.code.rawValue, "- every session of the user has ended")
}

try await system.passwords.changePassword(
    of: user.id, current: Secret("correct horse battery"), new: Secret("a brand new long phrase"))
_ = try await system.auth.login(email: "ada@example.org", password: Secret("a brand new long phrase"))
print("changed the password and signed in with the new one")
