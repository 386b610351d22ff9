package import Host

/// Whose `X-Forwarded-For` is believed: addresses, or whoever may open the shim's Unix socket.
package enum TrustedProxy: Sendable {
    case range(AddressRange)
    case unix

    /// Reads `10.0.0.0/8`, an address, or `unix`.
    package init(_ text: String) throws(StartFailure) {
        self = text == "unix" ? .unix : .range(try AddressRange(text))
    }

    func contains(_ address: IPAddress) -> Bool {
        if case .range(let range) = self { range.contains(address) } else { false }
    }

    var isUnix: Bool {
        if case .unix = self { true } else { false }
    }
}
