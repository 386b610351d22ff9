package import StrictJSON

/// The `error` of a response, as it goes over the wire.
///
/// `data.code` is the stable name for programs, `code` its number. Members unknown to a reader are ignored.
package struct RPCErrorObject: Error, Sendable, Equatable {
    package var code: Int
    package var message: String
    package var data: Details

    package struct Details: Sendable, Equatable {
        package var code: String
        /// Whether the same call may succeed later.
        package var retryable: Bool
        /// False only when it is certain that nothing was done.
        package var executed: Bool
        package var requestID: String?
        package var retryAfterMilliseconds: Int?
        /// What would let through a caller who is turned away.
        package var proofs: [String]?
        /// What is wrong with the params, member by member.
        package var fields: [JSONMismatch]?

        package init(
            code: String, retryable: Bool = false, executed: Bool, requestID: String? = nil,
            retryAfterMilliseconds: Int? = nil, proofs: [String]? = nil, fields: [JSONMismatch]? = nil
        ) {
            self.code = code
            self.retryable = retryable
            self.executed = executed
            self.requestID = requestID
            self.retryAfterMilliseconds = retryAfterMilliseconds
            self.proofs = proofs
            self.fields = fields
        }
    }

    package init(code: Int, message: String, data: Details) {
        self.code = code
        self.message = message
        self.data = data
    }
}

extension RPCErrorObject: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("code", code)
        json.member("message", message)
        json.member("data", data)
        json.endObject()
    }
}

extension RPCErrorObject.Details: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("code", code)
        json.member("retryable", retryable)
        json.member("executed", executed)
        json.member("request_id", ifPresent: requestID)
        json.member("retry_after_ms", ifPresent: retryAfterMilliseconds)
        if let proofs {
            json.name("proofs")
            json.beginArray()
            for proof in proofs {
                json.element()
                json.string(proof)
            }
            json.endArray()
        }
        if let fields {
            json.name("fields")
            json.beginArray()
            for field in fields {
                json.element()
                field.write(to: &json)
            }
            json.endArray()
        }
        json.endObject()
    }
}
