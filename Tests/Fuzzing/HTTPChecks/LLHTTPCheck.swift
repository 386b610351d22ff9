internal import NIOCore
internal import NIOEmbedded
internal import NIOHTTP1
internal import WireChecks

/// The shim's reader against llhttp: what the shim takes for a request is the same request there.
enum LLHTTPCheck {
    private struct Request {
        var head: HTTPRequestHead
        var body: [UInt8] = []
    }

    static func differences(
        in stream: [UInt8], readAs reading: StreamReading
    ) throws(BrokenInvariant) -> Set<KnownDifference> {
        guard !reading.requests.isEmpty else { return [] }
        let (theirs, error) = requests(in: stream)
        var differences: Set<KnownDifference> = []
        for (index, ours) in reading.requests.enumerated() {
            guard index < theirs.count else {
                let last = index > 0 ? reading.requests[index - 1] : nil
                let hasCodingInTrailers = writes("transfer-encoding", stream, moreOftenThan: reading)
                guard let known = reason(ours, after: last, error, hasCodingInTrailers) else {
                    let why = error.map { "\($0)" } ?? "it says nothing"
                    throw BrokenInvariant(description: "llhttp does not read \(ours): \(why)")
                }
                differences.insert(known)
                break
            }
            differences.formUnion(try compare(ours, theirs[index]))
        }
        return differences
    }

    /// The complete requests, and why there are no more.
    private static func requests(in stream: [UInt8]) -> ([Request], (any Error)?) {
        let channel = EmbeddedChannel()
        var failure: (any Error)?
        do {
            try channel.pipeline.syncOperations.addHandler(
                ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
            try channel.writeInbound(ByteBuffer(bytes: stream))
        } catch {
            failure = error
        }
        var complete: [Request] = []
        var current: Request?
        while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .head(let head): current = Request(head: head)
            case .body(let piece): current?.body += piece.readableBytesView
            case .end:
                if let current { complete.append(current) }
                current = nil
            }
        }
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return (complete, failure)
    }

    private static func compare(
        _ ours: StreamReading.Request, _ theirs: Request
    ) throws(BrokenInvariant) -> Set<KnownDifference> {
        let head = theirs.head
        var differences: Set<KnownDifference> = []
        func require(_ isSame: Bool, _ what: String) throws(BrokenInvariant) {
            guard !isSame else { return }
            throw BrokenInvariant(description: "llhttp reads another \(what) than \(ours): \(head), \(theirs.body)")
        }
        if ours.method.utf8.elementsEqual("M-SEARCH".utf8), head.method.rawValue.utf8.elementsEqual("MSEARCH".utf8) {
            differences.insert(.renamedMethod)
        } else {
            try require(ours.method.utf8.elementsEqual(head.method.rawValue.utf8), "method")
        }
        try require(isTarget(Array(head.uri.utf8), of: ours), "target")
        try require(ours.fields.count == head.headers.count, "number of fields")
        for (field, other) in zip(ours.fields, head.headers) {
            // swift-nio repairs what is no UTF-8.
            let value = Array(String(decoding: field.value, as: UTF8.self).utf8)
            var rest = Array(other.value.utf8)
            while rest.count > value.count, rest.last == 0x20 || rest.last == 0x09 {
                rest.removeLast()
                differences.insert(.spaceAfterValue)
            }
            try require(field.name.elementsEqual(other.name.utf8) && value == rest, "field")
        }
        try require(ours.body == theirs.body, "body")
        let options = ours.values(of: "connection").joined(separator: ",")
        if ours.keepsAlive != head.isKeepAlive, options.contains("close"), options.contains("keep-alive") {
            differences.insert(.closeAndKeepAlive)
        } else {
            try require(ours.keepsAlive == head.isKeepAlive, "end of the connection")
        }
        return differences
    }

    /// The path, or the absolute form that it was taken from.
    private static func isTarget(_ written: [UInt8], of request: StreamReading.Request) -> Bool {
        let path = Array(request.path.utf8)
        if written == path { return true }
        for scheme in ["http://", "https://"] {
            let start = scheme + request.authority
            let head = String(decoding: written.prefix(scheme.utf8.count), as: UTF8.self).lowercased()
            guard head == scheme, written.dropFirst(scheme.utf8.count).starts(with: request.authority.utf8) else {
                continue
            }
            let rest = Array(written.dropFirst(start.utf8.count))
            if rest.isEmpty { return path == Array("/".utf8) || path == Array("*".utf8) }
            return rest == path || [UInt8(ascii: "/")] + rest == path
        }
        return false
    }

    /// Whether the stream has a name at more places than the heads of what was read.
    private static func writes(_ name: String, _ stream: [UInt8], moreOftenThan reading: StreamReading) -> Bool {
        let inHeads = reading.requests.reduce(0) { $0 + $1.values(of: name).count }
        return String(decoding: stream, as: UTF8.self).lowercased().ranges(of: name).count > inHeads
    }

    /// Why llhttp does not read a request.
    private static func reason(
        _ request: StreamReading.Request, after last: StreamReading.Request?, _ error: (any Error)?,
        _ hasCodingInTrailers: Bool
    ) -> KnownDifference? {
        if let last {
            if !last.keepsAlive { return .endedConnection }
            let isOffer = last.values(of: "connection").contains { $0.contains("upgrade") }
            if isOffer, !last.values(of: "upgrade").isEmpty { return .offeredProtocol }
        }
        let codings = request.values(of: "transfer-encoding").joined(separator: ",")
        switch error as? HTTPParserError {
        case .invalidMethod: return .unlistedMethod
        case .invalidVersion: return .laterMinorVersion
        case .unknown where codings.contains(","): return .emptyListElement
        case .unknown where codings.contains("chunked") && hasCodingInTrailers: return .codingInTrailers
        case .strictModeAssertion where codings.contains("chunked"): return .chunkExtension
        case .invalidChunkSize where codings.contains("chunked"): return .chunkExtension
        case .invalidContentLength where codings.contains("chunked"): return .lengthInTrailers
        default: return nil
        }
    }
}
