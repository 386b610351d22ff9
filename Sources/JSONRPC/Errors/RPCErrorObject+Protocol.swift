package import StrictJSON

/// The errors that the protocol itself has, before any method is known. Nothing has been executed in any of them.
extension RPCErrorObject {
    /// -32700: the line is not a JSON text.
    package static func parseError(_ error: JSONSyntaxError) -> RPCErrorObject {
        refused(-32700, "Parse error: \(error).", "PARSE_ERROR", limit: error.isTooDeep ? .nesting : nil)
    }

    /// -32600: JSON, but not a request.
    package static func invalidRequest(_ reason: String, limit: ReaderLimit? = nil) -> RPCErrorObject {
        refused(-32600, "Invalid request: \(reason).", "INVALID_REQUEST", limit: limit)
    }

    /// -32601: the method does not exist. Its name is not repeated.
    package static let methodNotFound = refused(-32601, "Method not found.", "METHOD_NOT_FOUND")

    /// -32602: the params, or meta, are not what the method takes.
    package static func invalidParams(_ fields: [JSONMismatch]) -> RPCErrorObject {
        refused(-32602, "Invalid params.", "INVALID_PARAMS", fields)
    }

    package static func invalidParams(_ mismatches: JSONMismatches) -> RPCErrorObject { invalidParams(mismatches.all) }

    /// -32603: something of ours went wrong. The request id leads to the log, which has the rest.
    package static func internalError(requestID: String?, executed: Bool = true) -> RPCErrorObject {
        RPCErrorObject(
            code: -32603, message: "Internal error.",
            data: Details(code: "INTERNAL_ERROR", executed: executed, requestID: requestID))
    }

    /// -32006: a line over the limit.
    package static func messageTooLarge(limit: Int) -> RPCErrorObject {
        refused(-32006, "A line may have \(limit) bytes at most.", "MESSAGE_TOO_LARGE")
    }

    /// -32007: more elements in a batch than allowed.
    package static func batchTooLarge(limit: Int) -> RPCErrorObject {
        refused(-32007, "A batch may have \(limit) requests at most.", "BATCH_TOO_LARGE", limit: .batch)
    }

    private static func refused(
        _ code: Int, _ message: String, _ name: String, _ fields: [JSONMismatch]? = nil, limit: ReaderLimit? = nil
    ) -> RPCErrorObject {
        var error = RPCErrorObject(
            code: code, message: message, data: Details(code: name, executed: false, fields: fields))
        error.limit = limit
        return error
    }
}
