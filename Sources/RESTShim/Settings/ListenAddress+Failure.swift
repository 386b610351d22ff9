internal import Glibc
internal import Host
internal import NIOCore

extension ListenAddress {
    /// How an address is chosen.
    struct Choice: Sendable {
        let flag: String
        let variable: String

        static let routes = Choice(flag: "--listen", variable: "MVP_AUTH_HTTP_LISTEN")
        static let metrics = Choice(flag: "--metrics", variable: "MVP_AUTH_HTTP_METRICS")

        var text: String { "\(flag) or \(variable)" }
    }

    /// Why nothing can be served on a TCP address, and what to do about it.
    func failure(_ error: any Error, _ choice: Choice = .routes) -> StartFailure {
        guard case .tcp(let host, let port) = self else { return StartFailure("The shim cannot listen: \(error).") }
        let name = "\(host.contains(":") ? "[\(host)]" : host):\(port)"
        guard let code = (error as? IOError)?.errnoCode else {
            return StartFailure(
                "The host name \(host) is unknown; choose an address of this host with \(choice.text).")
        }
        switch code {
        case EADDRINUSE:
            let other = port < Int(UInt16.max) ? port + 1 : port - 1
            return StartFailure(
                "The address \(name) is in use by another process; choose another one with \(choice.text), "
                    + "for example \(choice.flag) \(name.dropLast(String(port).count))\(other).")
        case EACCES, EPERM:
            return StartFailure(
                "The address \(name) may not be bound by this user; choose a port from 1024 on with \(choice.text).")
        case EADDRNOTAVAIL:
            return StartFailure("The address \(name) is none of this host's; choose another one with \(choice.text).")
        case EAFNOSUPPORT:
            return StartFailure("This host has no addresses such as \(name); choose another one with \(choice.text).")
        default:
            return StartFailure(
                "The address \(name) cannot be bound: \(String(cString: strerror(code))); "
                    + "choose another one with \(choice.text).")
        }
    }
}
