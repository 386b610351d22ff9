internal import ArgumentParser
internal import AuthAPI
internal import Glibc
internal import Host
internal import MVPAuthClient
internal import StrictJSON

/// Writes all accounts.
struct ExportUsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes all accounts as JSON Lines, which import reads.",
        discussion: """
            The file is new and private (0600), and goes again when something fails. Password hashes are in it with \
            --with-hashes only: who has them can guess passwords at leisure.
            """)

    @Argument(help: "The file to make; standard output when it is left out.")
    var file: String?

    @Flag(help: "Password hashes too.")
    var withHashes = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !withHashes || file != nil || isatty(STDOUT_FILENO) == 0 else {
            throw ValidationError("Password hashes are not shown on a terminal: name a file.")
        }
    }

    func run() async throws {
        let descriptor = try file.map(Self.make) ?? STDOUT_FILENO
        do {
            let count = try await write(to: descriptor)
            if let file {
                guard fsync(descriptor) == 0, close(descriptor) == 0 else { throw Self.failure(file) }
                output.say(["exported": .int(count)], "\(count) accounts were written to \(file).")
            }
        } catch {
            if let file { unlink(file) }
            throw error
        }
    }

    private func write(to descriptor: Int32) async throws -> Int {
        var isWritten = true
        let count = try await connection.withClient(showing: output, isOperator: true) {
            client throws(AuthClientError) in
            var progress = ProgressLine()
            defer { progress.clear() }
            var (count, cursor) = (0, String?.none)
            repeat {
                let page = try await client.call(
                    ExportUsers(cursor: cursor, limit: ExportSize.standard, withHashes: withHashes))
                var lines: [UInt8] = []
                for user in page.users {
                    guard let line = try? JSONEncoding.text(of: user) else {
                        isWritten = false
                        break
                    }
                    lines += line + [UInt8(ascii: "\n")]
                }
                isWritten = isWritten && StandardStreams.write(lines, to: descriptor)
                count += page.users.count
                cursor = page.next
                progress.show(count, of: 0)
            } while cursor != nil && isWritten
            return count
        }
        guard isWritten else { throw Self.failure(file ?? "standard output") }
        return count
    }

    private static func make(_ file: String) throws -> Int32 {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw errno == EEXIST
                ? StartFailure("\(file) exists already; nothing is overwritten.") : failure(file)
        }
        return descriptor
    }

    private static func failure(_ file: String) -> StartFailure {
        StartFailure("\(file) cannot be written: \(StartFailure.reason).")
    }
}
