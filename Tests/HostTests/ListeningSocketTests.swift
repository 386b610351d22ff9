import Foundation
import Testing

@testable import Host

/// A socket's life in its directory.
@Suite("Listening socket")
struct ListeningSocketTests {
    private let directory: String

    init() throws {
        var template = Array("/tmp/mvp-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private var path: String { directory + "/s.sock" }

    private func failure(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "none"
        } catch {
            return "\(error)"
        }
    }

    private func cleanUp() { try? FileManager.default.removeItem(atPath: directory) }

    @Test("A lock that was removed under a living daemon does not give its socket away")
    func removedLock() throws {
        defer { cleanUp() }
        let first = try ListeningSocket(path: path, mode: 0o600)
        try FileManager.default.removeItem(atPath: path + ".lock")
        #expect(failure { _ = try ListeningSocket(path: path, mode: 0o600) }.contains("Another process is serving"))
        #expect(FileManager.default.fileExists(atPath: path))
        close(first.descriptor)
        first.remove()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("What somebody else put at the path is not removed with the socket")
    func replaced() throws {
        defer { cleanUp() }
        let socket = try ListeningSocket(path: path, mode: 0o600)
        try FileManager.default.removeItem(atPath: path)
        try "precious".write(toFile: path, atomically: true, encoding: .utf8)
        socket.remove()
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
    }

    @Test("A lock file that is a link is not followed")
    func linkedLock() throws {
        defer { cleanUp() }
        try FileManager.default.createSymbolicLink(atPath: path + ".lock", withDestinationPath: directory + "/target")
        #expect(failure { _ = try ListeningSocket(path: path, mode: 0o600) }.contains("lock file"))
        #expect(!FileManager.default.fileExists(atPath: directory + "/target"))
    }

    @Test("A directory that everybody can write is refused, one with the sticky bit is not")
    func openDirectory() throws {
        defer { cleanUp() }
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: directory)
        #expect(failure { _ = try ListeningSocket(path: path, mode: 0o600) }.contains("can be written by everybody"))
        try FileManager.default.setAttributes([.posixPermissions: 0o1777], ofItemAtPath: directory)
        #expect(failure { try ListeningSocket(path: path, mode: 0o600).remove() } == "none")
    }

    @Test("A group that does not exist is one sentence, and nothing stays behind")
    func unknownGroup() throws {
        defer { cleanUp() }
        let sentence = failure { _ = try ListeningSocket(path: path, mode: 0o660, group: "no-such-group") }
        #expect(sentence == "The group no-such-group of the socket does not exist.")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["s.sock.lock"])
    }
}
