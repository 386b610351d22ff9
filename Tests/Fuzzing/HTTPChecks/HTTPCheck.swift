internal import RESTShim
package import WireChecks

/// Everything that must hold for any bytes at all, taken as a stream of HTTP requests.
package enum HTTPCheck {
    private static let usual = RequestReader.Limits(
        targetBytes: 8 * 1024, headerBytes: 32 * 1024, headerFields: 100, bodyBytes: 16 * 1024)
    private static let tight = RequestReader.Limits(targetBytes: 12, headerBytes: 60, headerFields: 3, bodyBytes: 8)

    /// Returns the differences to llhttp that were met.
    @discardableResult
    package static func run(_ stream: [UInt8]) throws(BrokenInvariant) -> Set<KnownDifference> {
        _ = try reading(of: stream, tight)
        return try LLHTTPCheck.differences(in: stream, readAs: try reading(of: stream, usual))
    }

    /// The same, wherever the stream is cut.
    private static func reading(
        of stream: [UInt8], _ limits: RequestReader.Limits
    ) throws(BrokenInvariant) -> StreamReading {
        let whole = try StreamReading(stream, cuts: [], limits)
        // What is cut at every byte is looked through again for each: enough for streams of a usual length.
        let step = stream.count <= 2048 ? 1 : 61
        var ways = [Array(stride(from: 0, through: stream.count, by: step)), cuts(toldBy: stream)]
        if stream.count <= 64 { ways += (0...stream.count).map { [$0] } }
        for cuts in ways {
            let pieces = try StreamReading(stream, cuts: cuts, limits)
            try require(pieces == whole, "cut at \(cuts): \(pieces), in one piece: \(whole)")
        }
        return whole
    }

    /// Places to cut at, at distances that the bytes themselves tell, the last ones first.
    private static func cuts(toldBy stream: [UInt8]) -> [Int] {
        var cuts: [Int] = []
        var place = 0
        for byte in stream.reversed() {
            place += Int(byte & 0x3F)
            if place >= stream.count { break }
            cuts.append(place)
        }
        return cuts
    }
}
