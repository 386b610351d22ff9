internal import HTTPTypes
internal import HummingbirdCore
internal import MVPAuth
internal import StrictJSON

/// A request's body, read as strictly as the daemon reads a line.
enum JSONBody {
    private static let mediaType = "application/json"

    /// The object in the body. Throws 415, 413, 400 for what is not JSON, 422 for what is not a clean object.
    ///
    /// - Parameter names: the members that will be read. Of what the others hold only the grammar is judged.
    static func object(of request: Request, limit: Int, reading names: [String]) async throws(Failure) -> JSONValue {
        let bytes = try await request.bytes(of: mediaType, limit: limit)
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
        guard request.isOf(mediaType) else { return false }
        return request.headers[.contentLength].map { Int($0) != 0 } ?? (request.headers[.transferEncoding] != nil)
    }
}
