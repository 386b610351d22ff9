import Foundation
import StrictJSON
import Testing

/// A Python program beside these tests: a server that says what happens as lines of JSON. It never outlives its value.
final class Helper: @unchecked Sendable {
    // SAFETY: Process is started in init and only signalled and asked for its status after that.
    private let process = Process()
    private let output: String
    private let orders = Pipe()

    /// Debian's own Python: aiosmtpd is its package.
    static let python = "/usr/bin/python3"

    static func path(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Helpers/\(name)").path
    }

    init(_ name: String, _ arguments: [String], in directory: Scratch) throws {
        output = directory.path + "/\(name)-\(UUID().uuidString.prefix(8)).out"
        _ = FileManager.default.createFile(atPath: output, contents: nil)
        process.executableURL = URL(fileURLWithPath: Self.python)
        process.arguments = ["-B", Self.path(name)] + arguments
        process.standardInput = orders
        process.standardOutput = FileHandle(forWritingAtPath: output)
        _ = FileManager.default.createFile(atPath: output + ".err", contents: nil)
        process.standardError = FileHandle(forWritingAtPath: output + ".err")
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// Everything that was said so far.
    var events: [JSON] {
        let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
        var scanner = JSONScanner()
        return text.split(separator: "\n").compactMap { line in
            (try? scanner.scan(Array(line.utf8))).flatMap { try? JSON($0) }
        }
    }

    func events(_ name: String) -> [JSON] { events.filter { $0["event"]?.string == name } }

    /// Waits until something was said so often, and gives it.
    @discardableResult
    func said(_ name: String, times: Int = 1, within seconds: Double = 30) async throws -> JSON {
        let deadline = Date().addingTimeInterval(seconds)
        while Date() < deadline {
            let found = events(name)
            if found.count >= times { return found[times - 1] }
            if !process.isRunning { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        let errors = (try? String(contentsOfFile: output + ".err", encoding: .utf8)) ?? ""
        Issue.record("\(name) was not said \(times) times: \(events.suffix(5)) \(errors.suffix(2000))")
        throw CocoaError(.executableRuntimeMismatch)
    }

    func port() async throws -> Int { try #require(try await said("ready")["port"]?.int) }

    func order(_ json: JSON) throws {
        try orders.fileHandleForWriting.write(contentsOf: Data(json.text + [UInt8(ascii: "\n")]))
    }
}

/// A private directory with a short path, removed with the value.
final class Scratch: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/mvp-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file that only this user may change.
    @discardableResult
    func file(_ name: String, _ text: String, mode: mode_t = 0o600) throws -> String {
        let place = path + "/" + name
        try text.write(toFile: place, atomically: true, encoding: .utf8)
        chmod(place, mode)
        return place
    }

    /// A program of the shell.
    func program(_ body: String, name: String = "program") throws -> String {
        try file(name, "#!/bin/sh\n\(body)\n", mode: 0o700)
    }

    func text(_ name: String) -> String? { try? String(contentsOfFile: path + "/" + name, encoding: .utf8) }

    /// A certificate for this host and its key, signed by itself.
    func certificate() throws -> (certificate: String, key: String) {
        let (certificate, key) = (path + "/cert.pem", path + "/key.pem")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments =
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
            + ["-keyout", key, "-out", certificate, "-subj", "/CN=mvp-auth tests"]
            + ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return (certificate, key)
    }
}

/// Waits until something is so.
func eventually(within seconds: Double = 30, _ isSo: () throws -> Bool) async throws -> Bool {
    let deadline = Date().addingTimeInterval(seconds)
    while Date() < deadline {
        if try isSo() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return try isSo()
}
