// The second program of `accounts.py`: reads an access token from its standard input, greets its user, and ends the
// session.

import Glibc
import MVPAuth
import MVPAuthClient

@main
struct Greeter {
    static func main() async {
        let auth = AuthClient()
        do throws(AuthClientError) {
            // Not from the arguments, where other users of the machine see them.
            let token = Secret(readLine() ?? "")
            let claims = try await auth.verify(accessToken: token)
            let user = try await auth.currentUser(.accessToken(token))
            print("Swift: hello", user.email, claims.sub == user.id ? "(the token's own user)" : "")
            try await auth.logout(accessToken: token)
            print("Swift: signed out")
            await auth.close()
        } catch {
            print("Swift:", error)
            exit(1)
        }
    }
}
