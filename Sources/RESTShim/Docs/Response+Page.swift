internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

extension Response {
    /// A page of ours: it loads nothing, and only its own script and style may run.
    static func page(_ html: String, policy: String, adding headers: HTTPFields = [:]) -> Response {
        var fields: HTTPFields = [
            .contentType: "text/html; charset=utf-8", .cacheControl: "no-cache", .xContentTypeOptions: "nosniff",
            .contentSecurityPolicy: policy, .referrerPolicy: "no-referrer",
        ]
        fields.append(contentsOf: headers)
        return Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }
}

extension HTTPField.Name {
    fileprivate static let referrerPolicy = Self("Referrer-Policy")!
}
