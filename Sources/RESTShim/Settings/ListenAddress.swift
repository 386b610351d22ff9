package import Host

/// Where the shim listens: `127.0.0.1:8080`, `[::1]:8080` or `unix:///path`.
package enum ListenAddress: Sendable, Equatable {
    case tcp(host: String, port: Int)
    case unix(path: String)
    /// A listening socket that the process was started with.
    case inherited(descriptor: Int32)

    package static let standard = Self.tcp(host: "127.0.0.1", port: 8080)

    package init(_ text: String) throws(StartFailure) {
        let scheme = "unix://"
        if text.utf8.starts(with: scheme.utf8) {
            let path = String(text.dropFirst(scheme.count))
            guard path.utf8.first == UInt8(ascii: "/"), path.utf8.count <= 107 else {
                throw .configuration("The socket \"\(text)\" must be unix:///path with a path of at most 107 bytes.")
            }
            self = .unix(path: path)
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw .configuration("The address \"\(text)\" must be HOST:PORT or unix:///path.")
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 != UInt8(ascii: "[") }) else {
            throw .configuration("The address \"\(text)\" must be HOST:PORT or unix:///path.")
        }
        self = .tcp(host: host, port: Int(port))
    }

    /// What URLs begin with. The port is the one that was got: 0 asks for any.
    package func base(port: Int?) -> String {
        switch self {
        case .tcp(let host, let wanted): "http://\(host.contains(":") ? "[\(host)]" : host):\(port ?? wanted)"
        case .unix(let path): "unix://\(path):"
        case .inherited: port.map { "http://127.0.0.1:\($0)" } ?? "the inherited socket"
        }
    }
}
