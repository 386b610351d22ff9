import Foundation
import Testing

/// The daemon as it is shipped: what the optimiser makes of the code is tested too.
enum ReleaseBuild {
    /// Set by `make test`, which has just built it.
    static let isRequired = ProcessInfo.processInfo.environment["MVP_AUTH_RELEASE_TESTS"] != nil

    static var daemon: String { root + "/.build/release/mvp-authd" }

    /// Why the release build cannot be tested. Nil: it can.
    static let problem: String? = {
        guard let built = time(of: daemon) else { return "\(daemon) is missing: run 'make build'." }
        if let newer = sources.first(where: { (time(of: $0) ?? .distantFuture) > built }) {
            return "\(daemon) is older than \(newer): run 'make build'."
        }
        return nil
    }()

    private static let root = URL(fileURLWithPath: Products.source("../..")).standardizedFileURL.path

    /// What the daemon is made of; other programs' sources do not make it stale.
    private static var sources: [String] {
        let others = ["mvp-auth/", "mvp-auth-http/", "RESTShim/"]
        let names = FileManager.default.enumerator(atPath: root + "/Sources")?.compactMap { $0 as? String } ?? []
        let own = names.filter { name in
            [".swift", ".h", ".modulemap"].contains { name.hasSuffix($0) } && !others.contains { name.hasPrefix($0) }
        }
        return own.map { root + "/Sources/" + $0 }
    }

    private static func time(of path: String) -> Date? {
        try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    }
}
