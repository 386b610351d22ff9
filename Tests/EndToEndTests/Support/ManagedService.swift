import Foundation

/// A service under a manager that owns its sockets and listens to what it tells.
final class ManagedService: Sendable {
    let directory: ScratchDirectory
    let process: ChildProcess

    /// - Parameter sockets: `NAME=ADDRESS`, a path below the directory or `HOST:PORT`.
    init(
        _ product: String, sockets: [String], settings: [String: String] = [:], arguments: [String] = [],
        in directory: ScratchDirectory? = nil
    ) throws {
        let directory = try directory ?? ScratchDirectory()
        self.directory = directory
        try? FileManager.default.createDirectory(
            atPath: directory.path + "/state", withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let environment = [
            "MVP_AUTH_STATE_DIR": directory.path + "/state", "MVP_AUTH_RUNTIME_DIR": directory.path + "/none",
            "AUTH_BCRYPT_COST": "4", "AUTH_ARGON2_MEMORY_KIB": "64",
        ].merging(settings) { $1 }
        process = try ChildProcess(
            "/usr/bin/python3",
            [Products.source("ServiceManager/manager.py"), directory.path + "/notify-\(product)"]
                + sockets.map { $0.replacingOccurrences(of: "=./", with: "=\(directory.path)/") }
                + ["--", Products.path(product)] + arguments,
            environment: environment, in: directory.path)
    }

    func path(_ name: String) -> String { directory.path + "/" + name }

    /// What the service has told its manager, in order.
    var notices: [String] {
        process.output.split(separator: "\n").filter { $0.hasPrefix("notify ") }.map { String($0.dropFirst(7)) }
    }

    /// How often the service has said that it is ready.
    var starts: Int { notices.count { $0.hasPrefix("READY=1") } }

    /// Waits until the service has been ready so many times.
    func isReady(_ times: Int = 1) async throws -> Bool {
        for _ in 0..<2000 {
            if starts >= times { return true }
            guard process.isRunning else { return false }
            try await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    @discardableResult
    func stop() async -> Int32? {
        process.send(SIGTERM)
        return await process.ended()
    }
}
