import AuthTesting
import HTTPChecks
import Testing

import struct Foundation.Data
import class Foundation.FileManager
import struct Foundation.URL

/// The HTTP fuzzer's seeds and a sample of streams made of their parts, through its checks, without it.
@Suite("Any bytes as HTTP requests")
struct HTTPCorpusTests {
    private static let directory = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../Fuzzing/HTTPSeeds").standardizedFileURL

    private func seeds() throws -> [(name: String, bytes: [UInt8])] {
        let files = try FileManager.default.contentsOfDirectory(
            at: HTTPCorpusTests.directory, includingPropertiesForKeys: nil)
        return try files.map { ($0.lastPathComponent, Array(try Data(contentsOf: $0))) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    @Test("The seeds break no invariant, and show every difference to llhttp that is known")
    func kept() throws {
        let seeds = try seeds()
        #expect(seeds.count > 90)
        var met: Set<KnownDifference> = []
        for seed in seeds {
            do { met.formUnion(try HTTPCheck.run(seed.bytes)) } catch { Issue.record("\(seed.name): \(error)") }
        }
        #expect(met == Set(KnownDifference.allCases))
    }

    @Test("Two seeds after one another break none")
    func joined() throws {
        let seeds = try seeds().filter { $0.bytes.count < 2000 }
        for (first, second) in zip(seeds, seeds.dropFirst()) {
            do { try HTTPCheck.run(first.bytes + second.bytes) } catch {
                Issue.record("\(first.name) and \(second.name): \(error)")
            }
        }
    }

    @Test("A sample of streams, always the same, breaks none", arguments: 5...12 as ClosedRange<UInt64>)
    func sample(start: UInt64) throws {
        var sampler = StreamSampler(seed: start, seeds: try seeds().map(\.bytes).filter { $0.count < 2000 })
        for _ in 0..<2000 {
            let stream = sampler.next()
            do { try HTTPCheck.run(stream) } catch {
                Issue.record("\(String(decoding: stream, as: UTF8.self).debugDescription): \(error)")
            }
        }
    }
}

/// Makes streams of pieces of requests, and changes bytes of them.
private struct StreamSampler {
    private var random: SplitMix64
    private let seeds: [[UInt8]]

    private static let lines = [
        "GET / HTTP/1.1", "POST /a?b HTTP/1.1", "GET /a HTTP/1.0", "HEAD * HTTP/1.1", "OPTIONS * HTTP/1.1",
        "DELETE http://y/a HTTP/1.1", "PUT /%41 HTTP/1.1", "FROB / HTTP/1.1", "GET /a HTTP/1.2",
    ]
    private static let fields = [
        "Host: x", "host:y:80 ", "Content-Length: 3", "Content-Length: 0", "Transfer-Encoding: chunked",
        "transfer-encoding:chunked ", "Connection: close", "Connection: keep-alive", "Connection: Upgrade",
        "Upgrade: h2c", "Expect: 100-continue", "X:", "X: \u{E4}", "Cookie: a=b; c=d", "Accept: */*",
    ]
    private static let bodies = [
        "", "abc", "3\r\nabc\r\n0\r\n\r\n", "0\r\n\r\n", "1;x=y\r\na\r\n0\r\nT: u\r\n\r\n",
        "00003\r\nabc\r\n00\r\n\r\n",
    ]
    private static let bytes = Array("\r\n\t :;,/?#%*0159afGHTPx\"\u{0}\u{7F}\u{80}\u{FF}".utf8)

    init(seed: UInt64, seeds: [[UInt8]]) {
        random = SplitMix64(seed: seed)
        self.seeds = seeds
    }

    mutating func next() -> [UInt8] {
        var stream: [UInt8] = []
        for _ in 0...below(2) { stream += below(3) == 0 ? seeds[below(seeds.count)] : request() }
        if below(2) == 0 {
            for _ in 0...below(3) where !stream.isEmpty { change(&stream) }
        }
        return stream
    }

    private mutating func request() -> [UInt8] {
        var fields = below(8) == 0 ? [] : [Self.fields[0]]
        for _ in 0..<below(4) { fields.append(Self.fields[below(Self.fields.count)]) }
        let head = ([Self.lines[below(Self.lines.count)]] + fields).joined(separator: "\r\n") + "\r\n\r\n"
        return Array((head + Self.bodies[below(Self.bodies.count)]).utf8)
    }

    private mutating func change(_ stream: inout [UInt8]) {
        let place = below(stream.count)
        switch below(4) {
        case 0: stream[place] = Self.bytes[below(Self.bytes.count)]
        case 1: stream.remove(at: place)
        case 2: stream.insert(Self.bytes[below(Self.bytes.count)], at: place)
        default:
            stream.insert(contentsOf: stream[place..<min(stream.count, place + below(20))], at: below(stream.count))
        }
    }

    private mutating func below(_ bound: Int) -> Int { random.next(bound) }
}
