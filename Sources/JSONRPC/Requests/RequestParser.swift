internal import StrictJSON

/// Reads lines as JSON-RPC 2.0 requests. Pure: bytes in, values out.
///
/// Keep one per thread (its buffers are used again) and give it one line after another.
package struct RequestParser {
    package struct Limits: Sendable {
        /// Nesting of the whole line.
        package var depth = JSONScanner.defaultDepthLimit
        package var batch = 100
        /// Bytes of an id as it is written, quotes included.
        package var id = 256
        /// Bytes of a method name.
        package var method = 128

        package init() {}
    }

    package enum Outcome: Sendable {
        case single(RequestItem)
        /// At least one item. Answered on one line, or not at all if nothing in it wants an answer.
        case batch([RequestItem])
        /// The whole line is answered with this, id null.
        case error(RequestFault)
        case ignored
    }

    private var scanner: JSONScanner
    private let limits: Limits

    package init(limits: Limits = Limits()) {
        self.limits = limits
        scanner = JSONScanner(depthLimit: limits.depth)
    }

    /// Overwrites the line that was parsed last, as soon as nobody holds anything of it.
    package mutating func forget() { scanner.forget() }

    package mutating func parse(_ line: UnsafeRawBufferPointer) -> Outcome {
        let root: JSONValue
        do throws(JSONSyntaxError) {
            root = try scanner.scan(line)
        } catch {
            return .error(.parseError(error))
        }
        guard root.kind == .array else {
            let item = Envelope(root).item(limits: limits)
            if case .ignored = item { return .ignored }
            return .single(item)
        }
        if root.count == 0 { return .error(.invalidRequest("empty batch")) }
        if root.count > limits.batch { return .error(.batchTooLarge(limit: limits.batch)) }
        return .batch(root.elements.map { Envelope($0).item(limits: limits) })
    }
}
