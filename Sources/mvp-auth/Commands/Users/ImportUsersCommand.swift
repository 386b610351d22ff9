internal import AccountTransfer
internal import ArgumentParser
internal import AuthAPI
internal import Glibc
internal import Host
internal import MVPAuthClient
internal import StrictJSON

/// Takes accounts over from a file.
struct ImportUsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Takes accounts over, with their password hashes.",
        discussion: """
            FILE is what the other software has exported; without --from it is JSON Lines or CSV of id, email, \
            password_hash, is_verified, is_active and created_at, of which only email is needed. A bad row is told by its \
            line and stops no other. Nothing is sent to anybody.

            What is done is noted in FILE.done: a run that was broken off goes on from there. The same import again does \
            nothing more.

              mvp-auth users import --from supabase --dry-run users.csv
            """)

    @Argument(help: "The file; - is standard input.")
    var file: String

    @Option(name: .customLong("from"), help: "Whose file it is.")
    var format = TransferFormat.own

    @Option(help: "The file with the hash parameters of a Firebase project.")
    var hashConfig: String?

    @Flag(help: "Does nothing, and says what would be done.")
    var dryRun = false

    @Option(help: "What becomes of accounts that are there already: skip or update.")
    var onConflict = ConflictRule.skip

    @Flag(help: "Accounts whose hash is refused are taken over without a password.")
    var dropUnusableHashes = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard hashConfig == nil || format == .firebase else {
            throw ValidationError("--hash-config is for --from firebase.")
        }
    }

    func run() async throws {
        let reader: AccountReader
        let bytes = try file == "-" ? CallCommand.standardInput() : CallCommand.contents(ofFile: file)
        do {
            let config = try hashConfig.map {
                try FirebaseHashConfig(String(decoding: try CallCommand.contents(ofFile: $0), as: UTF8.self))
            }
            reader = try AccountReader(bytes, format: format, hashConfig: config)
        } catch let problem as TransferProblem {
            throw StartFailure("\(file): \(problem.reason).")
        }
        let notes = file == "-" || dryRun ? nil : ImportNotes(of: file, bytes: bytes.count)
        var run = ImportRun(
            reader: reader, lines: bytes.count { $0 == UInt8(ascii: "\n") }, notes: notes,
            counts: try notes?.read() ?? ImportCounts(), isRehearsal: dryRun, onConflict: onConflict,
            dropsUnusableHashes: dropUnusableHashes,
            report: { [output, file] line, reason in
                if output.json {
                    output.show(["line": .int(line), "reason": .string(reason)])
                } else {
                    StandardStreams.writeLine(printable("\(file):\(line): \(reason)"), to: STDERR_FILENO)
                }
            })
        let timeout = Duration.seconds(max(connection.timeout, 120))
        do {
            try await connection.withClient(showing: output, isOperator: true) { client throws(AuthClientError) in
                try await run.finish { params throws(AuthClientError) in try await client.call(params, timeout: timeout)
                }
            }
        } catch {
            if notes != nil, run.counts.rows > 0 {
                StandardStreams.writeLine(
                    "\(run.counts.rows) rows are done; the same command goes on from there.", to: STDERR_FILENO)
            }
            throw error
        }
        show(run)
        if run.counts.failed > 0 { throw ExitStatus.serviceError }
    }

    private func show(_ run: ImportRun) {
        let unknown = run.unknownMembers
        if !unknown.isEmpty, !output.json {
            let names = unknown.joined(separator: ", ")
            StandardStreams.writeLine(printable("Nothing was made of: \(names)."), to: STDERR_FILENO)
        }
        let counts = run.counts
        output.say(
            [
                "created": .int(counts.created), "updated": .int(counts.updated), "skipped": .int(counts.skipped),
                "failed": .int(counts.failed), "unknown": .array(unknown.map(JSON.string)),
            ],
            "\(counts.created) created, \(counts.updated) updated, \(counts.skipped) skipped, \(counts.failed) failed"
                + (dryRun ? " (nothing was done)." : "."))
    }
}

extension TransferFormat: ExpressibleByArgument {}
extension ConflictRule: ExpressibleByArgument {}
