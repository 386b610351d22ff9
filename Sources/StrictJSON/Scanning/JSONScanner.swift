/// Reads JSON texts strictly: RFC 8259's grammar exactly, valid UTF-8, no BOM, one value, limited nesting.
///
/// One pass and no recursion, whatever the input. Keep a scanner and give it one text after another: its buffers are
/// used again as soon as no value of the previous text is left. It is not for sharing between threads.
package struct JSONScanner {
    /// Nesting allowed by default: this many containers inside one another.
    package static let defaultDepthLimit = 32
    /// A text this long or longer is refused: the tape counts in 24 bits.
    package static let maximumBytes = 1 << 24

    private var document = JSONDocument()
    private let depthLimit: Int

    package init(depthLimit: Int = JSONScanner.defaultDepthLimit) {
        self.depthLimit = depthLimit
    }

    /// Reads one text. Its defects, which are grammatical but not wanted, are in the value's `document.defects`.
    package mutating func scan(_ text: UnsafeRawBufferPointer) throws(JSONSyntaxError) -> JSONValue {
        guard text.count < JSONScanner.maximumBytes else {
            throw JSONSyntaxError("text too long", at: JSONScanner.maximumBytes)
        }
        if !isKnownUniquelyReferenced(&document) || document.isOversized { document = JSONDocument() }
        try document.read(text, depthLimit: depthLimit)
        return JSONValue(document: document, index: 0)
    }

    /// Overwrites the text that was read last; where a value of it is still held, it is overwritten when none is any more.
    package mutating func forget() {
        if isKnownUniquelyReferenced(&document) { document.forget() } else { document = JSONDocument() }
    }

    /// Reads one text held in an array.
    package mutating func scan(_ text: [UInt8]) throws(JSONSyntaxError) -> JSONValue {
        let result = text.withUnsafeBytes { bytes -> Result<JSONValue, JSONSyntaxError> in
            do throws(JSONSyntaxError) { return .success(try scan(bytes)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Reads one text of which nothing questionable is tolerated: a defect is an error too. For tokens and their like.
    package mutating func scanFlawless(_ text: UnsafeRawBufferPointer) throws(JSONSyntaxError) -> JSONValue {
        let value = try scan(text)
        if let defect = value.document.defects.first {
            let offset = Int(value.document.nodes[defect.node].start)
            switch defect.kind {
            case .duplicateName: throw JSONSyntaxError("duplicate member name", at: offset)
            case .loneSurrogate: throw JSONSyntaxError("lone surrogate in a string", at: offset)
            case .nul: throw JSONSyntaxError("U+0000 in a string", at: offset)
            }
        }
        return value
    }
}
