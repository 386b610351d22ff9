import Testing
import WireChecks

import struct Foundation.Data
import class Foundation.FileManager
import struct Foundation.URL

/// The inputs that the fuzzer found worth keeping, through the same checks, without the fuzzer.
@Suite("The fuzzer's corpus")
struct CorpusTests {
    private static let directory = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../Fuzzing/Corpus").standardizedFileURL

    private func inputs() throws -> [(name: String, bytes: [UInt8])] {
        try FileManager.default.contentsOfDirectory(at: CorpusTests.directory, includingPropertiesForKeys: nil).map {
            ($0.lastPathComponent, Array(try Data(contentsOf: $0)))
        }
    }

    @Test("breaks no invariant")
    func kept() throws {
        let inputs = try inputs()
        #expect(inputs.count > 100)
        for input in inputs {
            do { try WireCheck.run(input.bytes) } catch { Issue.record("\(input.name): \(error)") }
        }
    }

    @Test("breaks none when two of its inputs follow one another")
    func joined() throws {
        let inputs = try inputs().sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        for (first, second) in zip(inputs, inputs.dropFirst()) {
            do { try WireCheck.run(first.bytes + [0x0A] + second.bytes) } catch {
                Issue.record("\(first.name) and \(second.name): \(error)")
            }
        }
    }
}
