package import StrictJSON

package struct Discover: RPCMethod {
    package init() {}

    /// The document as it goes over the wire: it is large and always the same.
    package typealias Reply = JSONLexeme

    package static let spec = MethodSpec(
        "rpc.discover", "Describes the service as an OpenRPC document.", role: .any, cost: .memory, isIdempotent: true)

    package static let example = (
        params: Discover(),
        reply: JSONLexeme(["openrpc": .string(OpenRPC.version), "info": OpenRPC.info, "methods": []])
    )
}
