internal import ArgumentParser
internal import AuthAPI
internal import Glibc
internal import Host
internal import MVPAuthClient
internal import StrictJSON

/// Calls any method.
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call", abstract: "Calls a method and shows its result.",
        discussion: """
            Params are NAME=VALUE each, or one JSON text, from standard input by -, from a file by @FILE. NAME=- reads the \
            value from a line of standard input, on a terminal without showing it; NAME=@FILE from the first line of a file. \
            Passwords and tokens belong there: others see the arguments of a program. A value that itself is - or begins with \
            @ is given in one of these ways, or as JSON.

              mvp-auth call auth.login email=ada@example.org password=-
            """)

    @Argument(help: "For example auth.login.", completion: .list(authAPI.methods.map { $0.spec.name }))
    var method: String

    @Argument(help: "NAME=VALUE each, or the params as JSON; - reads that from standard input, @FILE from a file.")
    var params: [String] = []

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let params = try readParams()
        let specs = MethodDescription.all.map(\.spec)
        let known = specs.first { $0.name.utf8.elementsEqual(method.utf8) }
        // A daemon may be newer than this program: only its answer says that there is no such method.
        var isUnknown = false
        defer {
            if isUnknown, !output.json, let meant = NearestName.of(method, among: specs.map(\.name)) {
                StandardStreams.writeLine("Did you mean \(meant)?", to: STDERR_FILENO)
            }
        }
        let result = try await connection.withClient(showing: output) { client throws(AuthClientError) in
            do throws(AuthClientError) {
                return try await client.result(of: method, params, isRepeatable: known?.isIdempotent ?? false)
            } catch {
                isUnknown = error.known == .methodNotFound
                throw error
            }
        }
        output.show(try JSON(result))
    }

    private func readParams() throws -> JSON {
        guard let first = params.first else { return .object([]) }
        guard params.count > 1 || !Self.isWhole(first) else {
            // Not repeated: it may be a secret whose name was forgotten.
            guard ["-", "@", "{", "["].contains(where: { first.hasPrefix($0) }) else {
                throw ValidationError("The params must be NAME=VALUE each, or a JSON object or array.")
            }
            return try Self.parse(try Self.text(first))
        }
        return try NamedParams(of: method).read(params)
    }

    /// Whether an argument stands for all params.
    private static func isWhole(_ argument: String) -> Bool {
        argument == "-" || ["@", "{", "["].contains { argument.hasPrefix($0) } || !argument.contains("=")
    }

    private static func text(_ argument: String) throws -> [UInt8] {
        if argument == "-" { return try standardInput() }
        guard argument.hasPrefix("@") else { return Array(argument.utf8) }
        return try contents(ofFile: String(argument.dropFirst()))
    }

    static func standardInput() throws -> [UInt8] { try contents(of: STDIN_FILENO, "standard input") }

    static func contents(ofFile path: String) throws -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw StartFailure("\(path) cannot be read: \(StartFailure.reason).") }
        defer { close(file) }
        return try contents(of: file, path)
    }

    private static func contents(of descriptor: Int32, _ name: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            guard count >= 0 else { throw StartFailure("\(name) cannot be read: \(StartFailure.reason).") }
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
