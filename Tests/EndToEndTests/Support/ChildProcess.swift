import Foundation
import Synchronization

/// A process of ours: its output goes to files, it is stopped by its own pid, and never outlives its value.
final class ChildProcess: @unchecked Sendable {
    // SAFETY: Process is used from one task at a time; its pid and status are read after it was started.
    private let process = Process()
    private let outputPath: String
    private let errorPath: String

    init(
        _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:], in directory: String,
        input: String? = nil
    ) throws {
        let name = (executable as NSString).lastPathComponent + "-\(UUID().uuidString.prefix(8))"
        outputPath = "\(directory)/\(name).out"
        errorPath = "\(directory)/\(name).err"
        for path in [outputPath, errorPath] {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.environment = environment.merging(["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": directory]) {
            own, _ in own
        }
        let output = FileHandle(forWritingAtPath: outputPath)
        let errors = FileHandle(forWritingAtPath: errorPath)
        process.standardOutput = output
        process.standardError = errors
        var source = FileHandle(forReadingAtPath: "/dev/null")
        if let input {
            let path = "\(directory)/\(name).in"
            try input.write(toFile: path, atomically: true, encoding: .utf8)
            source = FileHandle(forReadingAtPath: path)
        }
        process.standardInput = source
        try process.run()
        // The process keeps them as long as its value; the child has its own.
        for handle in [output, errors, source] { try? handle?.close() }
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    var pid: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }
    var output: String { (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "" }
    var errors: String { (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? "" }

    func send(_ signal: Int32) {
        kill(process.processIdentifier, signal)
    }

    /// The exit status; nil when it did not end in time and was killed.
    func ended(within seconds: Double = 20) async -> Int32? {
        let deadline = Date().addingTimeInterval(seconds)
        while process.isRunning {
            guard Date() < deadline else {
                send(SIGKILL)
                return nil
            }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return process.terminationStatus
    }

    /// Waits until the output says something, or the process has ended.
    func says(_ text: String, within seconds: Double = 20) async -> Bool {
        await waits(for: text, in: { self.output }, within: seconds)
    }

    /// The same of standard error: what a server logs is written by a thread of its own, soon after its answer.
    func logs(_ text: String, within seconds: Double = 20) async -> Bool {
        await waits(for: text, in: { self.errors }, within: seconds)
    }

    private func waits(for text: String, in output: () -> String, within seconds: Double) async -> Bool {
        let deadline = Date().addingTimeInterval(seconds)
        while Date() < deadline {
            if output().contains(text) { return true }
            guard process.isRunning else { return output().contains(text) }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return false
    }
}
