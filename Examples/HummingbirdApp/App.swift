// A Hummingbird app whose private part is for signed-in people. It finds the daemon by MVP_AUTH_SOCKET, or where the
// package puts it.
//
//     swift run HummingbirdExample 8081
//     curl http://127.0.0.1:8081/private -H "Authorization: Bearer $access"

import Foundation
import Hummingbird
import MVPAuthClient

@main
struct App {
    static func main() async throws {
        var configuration = AuthClient.Configuration()
        configuration.name = "hummingbird-example"
        // The app needs no more than people's own rights, and people do not wait long for a daemon that is away.
        configuration.isRestricted = true
        configuration.connectTimeout = .seconds(1)
        let auth = AuthClient(configuration)

        let router = Router(context: AppContext.self)
        router.get("/") { _, _ in "Everybody may read this.\n" }
        router.group("/private")
            .add(middleware: BearerMiddleware(auth: auth))
            .get { _, context in json(["email": context.email ?? ""]) }

        let port = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 8081
        let app = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in
                print("ready on http://127.0.0.1:\(channel.localAddress?.port ?? port)")
                fflush(nil)
            })
        try await app.runService()
        await auth.close()
    }
}

func json(_ object: [String: String]) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: (try? encoder.encode(object)) ?? Data("{}".utf8), as: UTF8.self)
}
