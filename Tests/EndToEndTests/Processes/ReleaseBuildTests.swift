import AuthAPI
import Foundation
import MVPAuth
import MVPAuthClient
import Testing

@Suite("The release build")
struct ReleaseBuildTests {
    @Test("It is there, and as new as its sources", .enabled(if: ReleaseBuild.isRequired))
    func presence() {
        #expect(ReleaseBuild.problem == nil)
    }

    @Test(
        "It signs and verifies with every algorithm and every form of key",
        .enabled(if: ReleaseBuild.problem == nil, "make build first"), arguments: KeyCase.all)
    func algorithm(_ key: KeyCase) async throws {
        let daemon = try await Daemon(
            try key.settings(), arguments: ["--dev"], executable: ReleaseBuild.daemon)
        let client = daemon.client()
        let (email, password) = ("ada@example.org", Secret("correct horse battery"))
        _ = try await client.call(Register(email: email, password: password))
        let pair = try await client.call(Login(email: email, password: password))
        let payload = try await client.call(VerifyToken(accessToken: pair.accessToken))
        #expect(payload.type == "access")
        let next = try await client.call(Refresh(refreshToken: pair.refreshToken))
        _ = try await client.call(VerifyToken(accessToken: next.accessToken))
        await client.close()
        #expect(await daemon.stop() == 0)
    }
}

/// An algorithm and a key for it in one of the forms that openssl(1) writes.
struct KeyCase: Sendable, CustomTestStringConvertible {
    let algorithm: String
    var form = ""
    /// The arguments of openssl(1) that write the key; empty for a secret.
    var make: [String] = []
    /// What the file is filled up to with text around the key, which PEM allows (RFC 7468 §2).
    var bytes = 0

    var testDescription: String { "\(algorithm) \(form)" + (bytes > 0 ? ", \(bytes) bytes" : "") }

    static let all: [KeyCase] = secrets + rsa + curves + lengths

    private static let secrets = ["HS256", "HS384", "HS512"].map { KeyCase(algorithm: $0, form: "secret") }

    private static let rsa = ["RS256", "RS384", "RS512", "PS256"].flatMap { algorithm in
        ["2048", "3072", "4096"].flatMap { bits in
            [
                KeyCase(algorithm: algorithm, form: "\(bits) PKCS#1", make: ["genrsa", "-traditional", bits]),
                KeyCase(algorithm: algorithm, form: "\(bits) PKCS#8", make: ["genrsa", bits]),
            ]
        }
    }

    private static let curves =
        [("ES256", "prime256v1"), ("ES384", "secp384r1")].flatMap { algorithm, curve in
            [
                KeyCase(
                    algorithm: algorithm, form: "SEC 1 with parameters", make: ["ecparam", "-name", curve, "-genkey"]),
                KeyCase(
                    algorithm: algorithm, form: "SEC 1", make: ["ecparam", "-name", curve, "-genkey", "-noout"]),
                KeyCase(
                    algorithm: algorithm, form: "PKCS#8",
                    make: ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:\(curve)"]),
            ]
        } + [ed25519]

    private static let ed25519 = KeyCase(
        algorithm: "EdDSA", form: "PKCS#8", make: ["genpkey", "-algorithm", "ed25519"])

    /// Around what an allocator keeps in place, and far above it.
    private static let lengths = [curves[1], ed25519].flatMap { key in
        [500, 1000, 1008, 1015, 1016, 1024, 4096, 20_000].map { bytes in
            var key = key
            key.bytes = bytes
            return key
        }
    }

    func settings() throws -> [String: String] {
        if make.isEmpty {
            return ["AUTH_ALGORITHM": algorithm, "AUTH_SECRET_KEY": "f3C9-\(algorithm)-pQ7zX2mW".repeated(4)]
        }
        return ["AUTH_ALGORITHM": algorithm, "AUTH_PRIVATE_KEY_FILE": try TestKeyFiles.path(of: self)]
    }
}

/// Keys that are made once, in a directory of their own.
private enum TestKeyFiles {
    private static let lock = NSLock()
    nonisolated(unsafe) private static var made: [String: String] = [:]
    private static let directory = try? ScratchDirectory()

    static func path(of key: KeyCase) throws -> String {
        // SAFETY: `made` is used between lock and unlock only.
        lock.lock()
        defer { lock.unlock() }
        let name = "\(key.make.joined(separator: " ")) \(key.bytes)"
        if let path = made[name] { return path }
        guard let directory else { throw DaemonFailure(description: "no directory for keys") }
        let path = "\(directory.path)/\(made.count).pem"
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        openssl.arguments = key.make
        let output = Pipe()
        openssl.standardOutput = output
        openssl.standardError = FileHandle(forWritingAtPath: "/dev/null")
        try openssl.run()
        var pem = output.fileHandleForReading.readDataToEndOfFile()
        openssl.waitUntilExit()
        guard openssl.terminationStatus == 0 else { throw DaemonFailure(description: "openssl made no key") }
        while pem.count < key.bytes {
            pem.append(contentsOf: "#".repeated(min(60, key.bytes - pem.count - 1)).utf8 + [10])
        }
        guard FileManager.default.createFile(atPath: path, contents: pem, attributes: [.posixPermissions: 0o600])
        else { throw DaemonFailure(description: "the key was not written") }
        made[name] = path
        return path
    }
}

extension String {
    fileprivate func repeated(_ count: Int) -> String { String(repeating: self, count: count) }
}
