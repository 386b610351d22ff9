internal import JSONRPC

/// Everything that must hold for any bytes at all, taken as a JSON text and as a stream of lines with requests.
package enum WireCheck {
    package static func run(_ input: [UInt8]) throws(BrokenInvariant) {
        try ScannerCheck.run(input, depthLimit: 32)
        try ScannerCheck.run(input, depthLimit: 3)
        try CodableCheck.run(input)
        try FramerCheck.run(input)
        for case .line(let line) in ReferenceLines.events(of: input, limits: LineFramer.Limits()) {
            try RequestCheck.run(line)
        }
    }
}
