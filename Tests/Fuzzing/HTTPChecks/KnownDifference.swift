/// Where llhttp, as swift-nio uses it, does not read what the shim reads, each with its reason. Nothing of it lets the
/// two disagree about where a request ends: one of them reads no further, or they differ in a word.
package enum KnownDifference: String, CaseIterable, Sendable {
    /// It knows a list of methods. Any token is one (RFC 9110 §9.1), and the shim answers 501.
    case unlistedMethod
    /// swift-nio calls M-SEARCH `MSEARCH`.
    case renamedMethod
    /// It knows 1.0 and 1.1. A later minor version is read as the latest that is known (RFC 9110 §2.5).
    case laterMinorVersion
    /// It leaves the space after a value in place. That is not a part of it (RFC 9110 §5.5).
    case spaceAfterValue
    /// It refuses `chunked ,`. Empty elements of a list are ignored (RFC 9110 §5.6.1.2).
    case emptyListElement
    /// It refuses some extensions of a chunk by their form. They are not understood here, and are ignored whatever their
    /// form, as long as they stay on their line (RFC 9112 §7.1.1).
    case chunkExtension
    /// It refuses a Content-Length in the trailers. All trailers are dropped here (RFC 9110 §6.5.1).
    case lengthInTrailers
    /// It refuses a Transfer-Encoding there, for the same reason.
    case codingInTrailers
    /// swift-nio goes on after `close` beside `keep-alive`. Here the connection ends (RFC 9112 §9.3).
    case closeAndKeepAlive
    /// It stops after a request that offers another protocol. The shim does not take the offer (RFC 9110 §7.8).
    case offeredProtocol
    /// It reads nothing after a request that ends the connection. The shim's connection ends there too, outside the
    /// reader.
    case endedConnection
}
