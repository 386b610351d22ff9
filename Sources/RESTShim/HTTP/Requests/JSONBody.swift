internal import HTTPTypes
internal import HummingbirdCore
internal import MVPAuth
internal import NIOCore
internal import StrictJSON

/// A request's body, read as strictly as the daemon reads a line.
enum JSONBody {
    /// The object in the body. Throws 415, 413, 400 for what is not JSON, 422 for what is not a clean object.
    ///
    /// - Parameter names: the members that will be read. Of what the others hold only the grammar is judged.
    static func object(of request: Request, limit: Int, reading names: [String]) async throws(Failure) -> JSONValue {
        guard isJSON(request.headers[values: .contentType]) else {
            throw Failure(.unsupportedMediaType)
        }
        let codings = request.headers[values: .contentEncoding].flatMap(RequestHead.elements)
        guard codings.allSatisfy({ $0 == "identity" }) else {
            throw Failure(.unsupportedMediaType, code: "UNSUPPORTED_MEDIA_TYPE", "The body must not be compressed.")
        }
        let bytes = try await collect(request, limit: limit)
        var scanner = JSONScanner()
        let value: JSONValue
        do throws(JSONSyntaxError) {
            value = try bytes.withUnsafeReadableBytes { bytes throws(JSONSyntaxError) in try scanner.scan(bytes) }
        } catch {
            throw Failure(.parseError, "The body is not JSON: \(error).")
        }
        guard value.kind == .object else { throw Failure(.invalidParams, "The body must be a JSON object.") }
        let read = names.compactMap { value.member(named: $0) }
        for defect in value.document.defects {
            guard defect.kind == .duplicateName || read.contains(where: { $0.contains(node: defect.node) }) else {
                continue
            }
            throw .badInput([.init(value.document.path(to: defect.node), defect.reason)])
        }
        return value
    }

    /// Whether there is a body that says it is JSON.
    static func isAnnounced(by request: Request) -> Bool {
        guard isJSON(request.headers[values: .contentType]) else { return false }
        return request.headers[.contentLength].map { Int($0) != 0 } ?? (request.headers[.transferEncoding] != nil)
    }

    private static func collect(_ request: Request, limit: Int) async throws(Failure) -> ByteBuffer {
        do {
            return try await request.body.collect(upTo: limit)
        } catch let failure as Failure {
            throw failure
        } catch is NIOTooManyBytesError {
            throw .bodyTooLarge(limit)
        } catch {
            throw .endedEarly
        }
    }

    /// `application/json`, perhaps with parameters.
    private static func isJSON(_ values: [String]) -> Bool {
        guard values.count == 1, let value = values.first else { return false }
        let type = value.utf8.prefix { $0 != UInt8(ascii: ";") }
        let trimmed = type.filter { $0 != 0x20 && $0 != 0x09 }.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        return trimmed.elementsEqual("application/json".utf8)
    }
}
