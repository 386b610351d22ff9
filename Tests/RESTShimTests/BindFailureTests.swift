import Glibc
import NIOCore
import Testing

@testable import RESTShim

@Suite("Why an address cannot be had")
struct BindFailureTests {
    @Test(
        "is one sentence that says how to choose another one",
        arguments: [
            (
                EACCES, "127.0.0.1:80",
                "The address 127.0.0.1:80 may not be bound by this user; choose a port from 1024 on"
            ),
            (EPERM, "[::1]:443", "The address [::1]:443 may not be bound by this user; choose a port from 1024 on"),
            (EADDRINUSE, "[::1]:8080", "The address [::1]:8080 is in use by another process; choose another one"),
            (EADDRNOTAVAIL, "192.0.2.1:80", "The address 192.0.2.1:80 is none of this host's; choose another one"),
            (EAFNOSUPPORT, "[::1]:80", "This host has no addresses such as [::1]:80; choose another one"),
            (ENOBUFS, "127.0.0.1:80", "The address 127.0.0.1:80 cannot be bound: No buffer space available; choose"),
        ])
    func sentences(code: Int32, address: String, sentence: String) throws {
        let failure = try ListenAddress(address).failure(IOError(errnoCode: code, reason: "bind"))
        #expect(failure.description.hasPrefix(sentence), "\(failure)")
        #expect(failure.description.contains(" with --listen or MVP_AUTH_HTTP_LISTEN"), "\(failure)")
    }

    @Test("names the next port where one is taken, or the last but one")
    func nextPort() throws {
        let error = IOError(errnoCode: EADDRINUSE, reason: "bind")
        let next = try ListenAddress("127.0.0.1:8080").failure(error).description
        #expect(next.hasSuffix("for example --listen 127.0.0.1:8081."), "\(next)")
        let last = try ListenAddress("[::1]:65535").failure(error).description
        #expect(last.hasSuffix("for example --listen [::1]:65534."), "\(last)")
    }
}
