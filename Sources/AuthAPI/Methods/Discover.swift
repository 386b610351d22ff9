package import StrictJSON

/// Describes the service as an OpenRPC document.
package struct Discover: RPCMethod {
    package init() {}

    package typealias Reply = JSON

    package static let spec = MethodSpec(
        "rpc.discover", "Describes the service as an OpenRPC document.", role: .any, isIdempotent: true)

    package static let example = (
        params: Discover(),
        reply: ["openrpc": .string(OpenRPC.version), "info": OpenRPC.info, "methods": []] as JSON
    )
}
