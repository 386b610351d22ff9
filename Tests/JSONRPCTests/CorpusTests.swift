import Testing
import WireChecks

import struct Foundation.Data
import class Foundation.FileManager
import struct Foundation.URL

/// The inputs that the fuzzer starts from and those that it found worth keeping, through the same checks, without it.
@Suite("The fuzzer's corpus")
struct CorpusTests {
    private static let fuzzing = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../Fuzzing").standardizedFileURL

    private func inputs(_ directory: String) throws -> [(name: String, bytes: [UInt8])] {
        let directory = CorpusTests.fuzzing.appending(path: directory)
        let files = try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
        return try files.map { ($0.lastPathComponent, Array(try Data(contentsOf: $0))) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    @Test("breaks no invariant", arguments: ["Seeds", "Corpus"])
    func kept(directory: String) throws {
        let inputs = try inputs(directory)
        #expect(inputs.count > 100)
        for input in inputs {
            do { try WireCheck.run(input.bytes) } catch { Issue.record("\(input.name): \(error)") }
        }
    }

    @Test("breaks none when two of its inputs follow one another", arguments: ["Seeds", "Corpus"])
    func joined(directory: String) throws {
        let inputs = try inputs(directory)
        for (first, second) in zip(inputs, inputs.dropFirst()) {
            do { try WireCheck.run(first.bytes + [0x0A] + second.bytes) } catch {
                Issue.record("\(first.name) and \(second.name): \(error)")
            }
        }
    }

    @Test("breaks none in the seeds' lines, each by itself")
    func lines() throws {
        for seed in try inputs("Seeds") {
            for line in seed.bytes.split(separator: 0x0A) {
                do { try WireCheck.run(Array(line)) } catch { Issue.record("\(seed.name): \(error)") }
            }
        }
    }
}
