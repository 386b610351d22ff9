package import StrictJSON

/// An id as it was written, `1.0` and `"a"` and 2⁶⁴ included: it is echoed byte for byte.
package typealias RequestID = ShortBytes

/// A call, or a notification, whose envelope is in order.
package struct Request: Sendable {
    /// nil for a notification: it is executed and never answered.
    package let id: RequestID?
    package let method: ShortBytes
    /// An object or an array; nil where params were left out or null. Keeps the whole line's memory, so params are best
    /// decoded before anything waits.
    package let params: JSONValue?
    package let meta: RequestMeta

    package init(id: RequestID?, method: ShortBytes, params: JSONValue?, meta: RequestMeta = RequestMeta()) {
        self.id = id
        self.method = method
        self.params = params
        self.meta = meta
    }
}

/// A call that cannot be executed, and what to answer.
package struct InvalidRequest: Sendable {
    /// nil reads null in the answer.
    package let id: RequestID?
    package let error: RequestFault

    package init(id: RequestID?, error: RequestFault) {
        self.id = id
        self.error = error
    }
}

/// One object of a line, or one element of a batch.
package enum RequestItem: Sendable {
    case request(Request)
    case invalid(InvalidRequest)
    /// Not to be answered: a response object, or a notification whose params or meta are wrong.
    case ignored
}
