import Foundation

/// The executables that were built beside the tests.
enum Products {
    static func path(_ name: String) -> String {
        let runner = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        var directory = URL(fileURLWithPath: runner).deletingLastPathComponent()
        // The runner is the toolchain's or the test bundle itself, which lies beside the products.
        if !FileManager.default.fileExists(atPath: directory.appendingPathComponent(name).path),
            let bundle = CommandLine.arguments.first(where: { $0.hasSuffix(".xctest") })
        {
            directory = URL(fileURLWithPath: bundle).deletingLastPathComponent()
        }
        return directory.appendingPathComponent(name).path
    }

    /// A file beside these tests.
    static func source(_ path: String) -> String {
        let here = URL(fileURLWithPath: #filePath)
        return here.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(path).path
    }
}

/// A private directory with a short path, removed with the value.
final class ScratchDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/mvp-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// With the two directories that a daemon wants, for its sockets and for its state.
    @discardableResult
    func prepared() throws -> ScratchDirectory {
        for name in ["run", "state"] {
            try FileManager.default.createDirectory(
                atPath: path + "/" + name, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        return self
    }
}
