internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

extension Request {
    /// Whether the body is said to be of a type, perhaps with parameters.
    func isOf(_ mediaType: String) -> Bool {
        let values = headers[values: .contentType]
        guard values.count == 1, let value = values.first else { return false }
        let type = value.utf8.prefix { $0 != UInt8(ascii: ";") }
        return type.filter { !$0.isBlank }.map(\.asciiLowercased).elementsEqual(mediaType.utf8)
    }

    /// The body. Throws 415 for another type and for a compressed one, 413 for a longer one.
    func bytes(of mediaType: String, limit: Int) async throws(Failure) -> ByteBuffer {
        guard isOf(mediaType) else { throw Failure(.unsupportedMediaType) }
        let codings = headers[values: .contentEncoding].flatMap(RequestHead.elements)
        guard codings.allSatisfy({ $0 == "identity" }) else {
            throw Failure(.unsupportedMediaType, code: "UNSUPPORTED_MEDIA_TYPE", "The body must not be compressed.")
        }
        do {
            return try await body.collect(upTo: limit)
        } catch let failure as Failure {
            throw failure
        } catch is NIOTooManyBytesError {
            throw .bodyTooLarge(limit)
        } catch {
            throw .endedEarly
        }
    }
}
