internal import Hummingbird
internal import NIOCore
enum DocsPage { static let response = Response.json(ByteBuffer(string: "")) }
