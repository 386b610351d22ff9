import AuthTesting
import Foundation
import Testing

@testable import AuthCrypto

@Suite("The key file")
struct KeyFileTests {
    @Test("is made once, private, by however many at the same time")
    func creation() async throws {
        try await withDirectory { directory in
            let path = directory + "/key"
            let secrets = await withTaskGroup(of: String?.self) { group in
                for _ in 0..<20 { group.addTask { try? KeyFile.loadOrCreate(path) } }
                return await group.reduce(into: Set<String?>()) { $0.insert($1) }
            }
            #expect(secrets.count == 1 && secrets.first??.utf8.count == 43)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["key"])
        }
    }

    @Test("is the same with and without a final newline")
    func newline() async throws {
        try await withDirectory { directory in
            for (name, text) in [("a", "the same secret"), ("b", "the same secret\n")] {
                try text.write(toFile: directory + "/" + name, atomically: true, encoding: .utf8)
                chmod(directory + "/" + name, 0o600)
            }
            #expect(try KeyFile.load(directory + "/a") == KeyFile.load(directory + "/b"))
            #expect(try KeyFile.load(directory + "/none") == nil)
            try "".write(toFile: directory + "/empty", atomically: true, encoding: .utf8)
            chmod(directory + "/empty", 0o600)
            #expect(try KeyFile.load(directory + "/empty")?.isEmpty == true, "what is wrong with that, the key says")
        }
    }

    @Test("is refused when others may read it, or when it is no file")
    func refusals() async throws {
        try await withDirectory { directory in
            let path = directory + "/key"
            try "secret".write(toFile: path, atomically: true, encoding: .utf8)
            for mode: mode_t in [0o644, 0o666, 0o604, 0o660] {
                chmod(path, mode)
                #expect(throws: KeyError.self) { try KeyFile.load(path) }
            }
            chmod(path, 0o640)
            #expect(try KeyFile.load(path) == "secret")
            try FileManager.default.createSymbolicLink(atPath: directory + "/link", withDestinationPath: path)
            #expect(throws: KeyError.self) { try KeyFile.load(directory + "/link") }
            #expect(throws: KeyError.self) { try KeyFile.load(directory) }
            #expect(throws: KeyError.self) { try KeyFile.loadOrCreate(directory + "/none/key") }
        }
    }
}

@Suite("A PEM private key")
struct PrivateKeyTests {
    @Test(
        "is read whatever its length",
        arguments: [0, 500, 700, 1000, 1008, 1015, 1016, 1024, 4000, 65_536])
    func length(_ bytes: Int) throws {
        for (pem, algorithm) in [
            (TestKeys.rsa, SigningAlgorithm.rs256), (TestKeys.p256, .es256), (TestKeys.ed25519, .eddsa),
        ] {
            // Text around a key is allowed (RFC 7468 §2).
            let lines = String(repeating: "of no meaning\n", count: bytes / 14)
            let key = try SigningKey(pem: Array((lines + pem + "\n" + lines).utf8), algorithm: algorithm)
            let signature = Array("signed".utf8).withUnsafeBytes { key.sign($0) }
            #expect(signature != nil)
        }
    }

    @Test("that is none is refused", arguments: ["", "no key", "-----BEGIN PRIVATE KEY-----\n"])
    func none(_ text: String) {
        #expect(throws: KeyError.self) { try SigningKey(pem: Array(text.utf8), algorithm: .es256) }
    }
}
