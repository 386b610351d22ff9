internal import StrictJSON

/// Params that have been written already.
struct RawParams: Encodable, JSONWritable, Sendable {
    let json: JSONWriter

    func write(to writer: inout JSONWriter) {
        json.withBytes { writer.raw($0) }
    }

    func encode(to encoder: any Encoder) throws {
        preconditionFailure("written by write(to:)")
    }
}
