import Foundation
import StrictJSON

/// `clients/vectors/serve.py`: the scripted server of every client's suite, in a process of its own.
final class ScriptedProcess {
    /// The checkout's folder of vectors.
    static let vectors = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "clients/vectors")

    let path: String
    private let directory: URL
    private let process = Process()
    private let orders = Pipe()
    private let answers = Pipe()
    private var pending: [UInt8] = []

    /// The rows of a file of vectors.
    static func rows(_ name: String) throws -> [JSON] {
        let text = try Data(contentsOf: vectors.appending(path: name))
        var scanner = JSONScanner()
        return try text.split(separator: UInt8(ascii: "\n")).map { try JSON(try scanner.scan(Array($0))) }
    }

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "mvp-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        path = directory.appending(path: "s.sock").path
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", Self.vectors.appending(path: "serve.py").path]
        process.standardInput = orders
        process.standardOutput = answers
        try process.run()
    }

    deinit {
        try? orders.fileHandleForWriting.close()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: directory)
    }

    /// Serves a script on the path.
    func serve(_ steps: [JSON]) throws {
        _ = try ask(["path": .string(path), "steps": .array(steps)])
    }

    /// What has arrived so far.
    func report() throws -> JSON { try ask(["report": true]) }

    /// What has arrived, once there are so many calls.
    func report(afterCalls count: Int) throws -> JSON {
        try ask(["wait": "calls", "count": .int(count), "seconds": 10])
    }

    private func ask(_ order: JSON) throws -> JSON {
        try orders.fileHandleForWriting.write(contentsOf: Data(order.text + [UInt8(ascii: "\n")]))
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(pending[..<end])
                pending.removeFirst(end + 1)
                var scanner = JSONScanner()
                return try JSON(try scanner.scan(line))
            }
            let read = answers.fileHandleForReading.availableData
            guard !read.isEmpty else { throw POSIXError(.EPIPE) }
            pending += read
        }
    }
}

extension JSON {
    var elements: [JSON] {
        if case .array(let elements) = self { elements } else { [] }
    }
}
