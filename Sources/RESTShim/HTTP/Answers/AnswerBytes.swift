internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

/// What a route answers, and what the log is told besides.
struct Answer: Sendable {
    var response: Response
    /// Why it failed, where the client is not told.
    var cause: String?
    /// Nil: it was no request of any route.
    var route: RouteName?
}

/// An answer as the bytes of HTTP/1.1.
enum AnswerBytes {
    /// What follows on the connection.
    enum Ending {
        case close
        /// HTTP/1.0 has to be told that the connection stays (RFC 9112 §9.3 and appendix C.2.2).
        case keepAlive(announced: Bool)
    }

    static let carryOn = ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")

    /// - Parameter isHead: an answer to HEAD has every field of GET's and no body (RFC 9110 §9.3.2).
    static func write(
        _ response: Response, _ body: ByteBuffer, isHead: Bool, ending: Ending, date: String, id: String,
        to buffer: inout ByteBuffer
    ) {
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString(String(response.status.code))
        buffer.writeStaticString(" ")
        buffer.writeString(reason(response.status))
        for field in response.headers where !isOurs(field.name) { write(field.name.rawName, field.value, to: &buffer) }
        // Neither has a body nor says how long one would be (RFC 9110 §8.6).
        let isBodiless = response.status.code == 204 || response.status.code == 304
        if !isBodiless { write("Content-Length", String(body.readableBytes), to: &buffer) }
        switch ending {
        case .close: write("Connection", "close", to: &buffer)
        case .keepAlive(announced: true): write("Connection", "keep-alive", to: &buffer)
        case .keepAlive(announced: false): break
        }
        write("Date", date, to: &buffer)
        write("X-Request-ID", id, to: &buffer)
        buffer.writeStaticString("\r\n\r\n")
        if !isHead, !isBodiless { buffer.writeImmutableBuffer(body) }
    }

    /// The bytes of a body; nil when it could not be written.
    static func body(of response: Response) async -> ByteBuffer? {
        let collector = BodyCollector()
        guard (try? await response.body.write(collector)) != nil else { return nil }
        return collector.bytes
    }

    /// A status that was made of its number alone has no phrase of its own.
    private static func reason(_ status: HTTPResponse.Status) -> String {
        guard status.reasonPhrase.isEmpty else { return status.reasonPhrase }
        return phrases[status.code] ?? "Status"
    }

    private static let phrases = Dictionary(
        [
            HTTPResponse.Status.ok, .created, .accepted, .noContent, .badRequest, .unauthorized, .forbidden, .notFound,
            .methodNotAllowed, .requestTimeout, .conflict, .contentTooLarge, .unprocessableContent, .tooManyRequests,
            .internalServerError, .notImplemented, .serviceUnavailable, .gatewayTimeout,
        ].map { ($0.code, $0.reasonPhrase) }, uniquingKeysWith: { first, _ in first })

    private static func isOurs(_ name: HTTPField.Name) -> Bool {
        name == .contentLength || name == .connection || name == .date
    }

    private static func write(_ name: String, _ value: String, to buffer: inout ByteBuffer) {
        buffer.writeStaticString("\r\n")
        buffer.writeString(name)
        buffer.writeStaticString(": ")
        buffer.writeString(value)
    }
}

private final class BodyCollector: ResponseBodyWriter {
    private(set) var bytes = ByteBuffer()

    func write(_ buffer: ByteBuffer) async throws {
        if bytes.readableBytes == 0 {
            bytes = buffer
        } else {
            bytes.writeImmutableBuffer(buffer)
        }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
