import Foundation

/// `mvp-auth-mail` as a process; it never outlives its value.
final class MailerProcess: @unchecked Sendable {
    // SAFETY: Process is started in init and only signalled and asked for its status after that.
    private let process = Process()
    private let place: String

    static var program: String {
        let runner = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        var directory = URL(fileURLWithPath: runner).deletingLastPathComponent()
        // The runner is the toolchain's or the test bundle itself, which lies beside the products.
        if !FileManager.default.fileExists(atPath: directory.appending(path: "mvp-auth-mail").path),
            let bundle = CommandLine.arguments.first(where: { $0.hasSuffix(".xctest") })
        {
            directory = URL(fileURLWithPath: bundle).deletingLastPathComponent()
        }
        return directory.appending(path: "mvp-auth-mail").path
    }

    /// - Parameter launcher: what runs the program in its place, with its own arguments.
    init(
        _ arguments: [String], _ settings: [String: String], in directory: Scratch, launcher: [String] = []
    ) throws {
        place = directory.path + "/mailer-\(UUID().uuidString.prefix(8))"
        for name in [place + ".out", place + ".err"] { _ = FileManager.default.createFile(atPath: name, contents: nil) }
        let command = launcher + [Self.program] + arguments
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = settings.merging(["PATH": "/usr/bin:/bin", "HOME": directory.path]) { own, _ in own }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: place + ".out")
        process.standardError = FileHandle(forWritingAtPath: place + ".err")
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    var pid: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }
    var output: String { (try? String(contentsOfFile: place + ".out", encoding: .utf8)) ?? "" }
    var errors: String { (try? String(contentsOfFile: place + ".err", encoding: .utf8)) ?? "" }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// The exit status; nil when it did not end in time and was killed.
    func ended(within seconds: Double = 40) async throws -> Int32? {
        guard try await eventually(within: seconds, { !process.isRunning }) else {
            send(SIGKILL)
            return nil
        }
        return process.terminationStatus
    }

    func isReady() async throws -> Bool {
        try await eventually { output.contains("mvp-auth-mail ready:") || !process.isRunning } && process.isRunning
    }
}
