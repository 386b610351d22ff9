// The least that a Hummingbird server does: what the REST shim is compared with. usage: BenchmarkHello PORT
import Hummingbird
import Logging

let router = Router()
router.get("hello") { _, _ in "hello" }
let port = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 8080 : 8080
var logger = Logger(label: "hello")
logger.logLevel = .error
try await Application(
    router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: logger
).runService()
