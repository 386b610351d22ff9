internal import ArgumentParser
internal import AuthAPI
internal import Glibc
internal import Host
internal import StrictJSON

/// The documents that are folded from the catalogue.
struct SchemaCommand: ParsableCommand {
    enum Document: String, ExpressibleByArgument, CaseIterable {
        case openrpc, openapi, reference
    }

    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Prints a document of the interface: OpenRPC, OpenAPI, or the reference.")

    @Argument(help: "openrpc, openapi or reference.")
    var document: Document

    @OptionGroup var output: OutputOptions

    func run() throws {
        let bytes =
            switch document {
            case .openrpc: Self.text(OpenRPC.document(), isCompact: output.json)
            case .openapi: Self.text(OpenAPI.document(), isCompact: output.json)
            case .reference: Array(Reference.markdown().utf8)
            }
        var text = String(decoding: bytes, as: UTF8.self)
        if text.hasSuffix("\n") { text.removeLast() }
        StandardStreams.writeLine(text, to: STDOUT_FILENO)
    }

    private static func text(_ json: JSON, isCompact: Bool) -> [UInt8] { isCompact ? json.text : json.prettyText }
}
