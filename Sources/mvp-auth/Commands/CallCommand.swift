internal import ArgumentParser
internal import AuthAPI
internal import Glibc
internal import MVPAuthClient
internal import StrictJSON

/// Calls any method.
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call", abstract: "Calls a method and shows its result.",
        discussion: "Passwords and tokens do not belong into argv, where others see them: give params by - or @FILE.")

    @Argument(help: "For example auth.login.", completion: .list(authAPI.methods.map { $0.spec.name }))
    var method: String

    @Argument(help: "The params as JSON; - reads them from standard input, @FILE from a file.")
    var params = "{}"

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let params = try Self.parse(try text())
        let isIdempotent = authAPI.methods.first { $0.spec.name.utf8.elementsEqual(method.utf8) }?.spec.isIdempotent
        let result = try await connection.withClient(showing: output) { client throws(AuthClientError) in
            try await client.result(of: method, params, isRepeatable: isIdempotent ?? false)
        }
        output.show(try JSON(result))
    }

    private func text() throws -> [UInt8] {
        if params == "-" { return try Self.contents(of: STDIN_FILENO, "standard input") }
        guard params.hasPrefix("@") else { return Array(params.utf8) }
        let path = String(params.dropFirst())
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw ValidationError("The file \(path) cannot be read.") }
        defer { close(file) }
        return try Self.contents(of: file, path)
    }

    private static func contents(of descriptor: Int32, _ name: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            guard count >= 0 else { throw ValidationError("\(name) cannot be read.") }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    private static func parse(_ text: [UInt8]) throws -> JSON {
        var scanner = JSONScanner()
        do {
            let value = try text.withUnsafeBytes { try scanner.scanFlawless($0) }
            guard value.kind == .object || value.kind == .array else {
                throw ValidationError("The params must be a JSON object or array.")
            }
            return try JSON(value)
        } catch let error as JSONSyntaxError {
            throw ValidationError("The params are not JSON: \(error).")
        } catch let error as JSONMismatch {
            throw ValidationError("The params cannot be sent: \(error.path) \(error.reason).")
        }
    }
}
