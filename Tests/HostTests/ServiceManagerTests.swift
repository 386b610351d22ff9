import Foundation
import Testing

@testable import Host

@Suite("Inherited sockets")
struct InheritedSocketTests {
    @Test(
        "None where nothing is meant for this process",
        arguments: [
            [:], ["LISTEN_FDS": "1"], ["LISTEN_PID": "1", "LISTEN_FDS": "1"], ["LISTEN_PID": "x", "LISTEN_FDS": "1"],
        ])
    func none(environment: [String: String]) throws {
        #expect(try InheritedSocket.all(in: environment, process: 4242) == [])
    }

    @Test(
        "Variables that contradict themselves are one sentence",
        arguments: [
            (["LISTEN_FDS": "many"], "must be a count"), (["LISTEN_FDS": "-1"], "must be a count"),
            (["LISTEN_FDS": "2", "LISTEN_FDNAMES": "rpc"], "1 names for 2"),
        ])
    func contradictions(environment: [String: String], sentence: String) throws {
        let environment = environment.merging(["LISTEN_PID": "4242"]) { $1 }
        do {
            _ = try InheritedSocket.all(in: environment, process: 4242)
            Issue.record("accepted")
        } catch {
            #expect(error.description.contains(sentence), "\(error)")
        }
    }
}

@Suite("Service notifier")
struct ServiceNotifierTests {
    /// A manager's end: what a notifier sends to a path or to an abstract name.
    private func received(at address: String, _ send: (ServiceNotifier) -> Void) throws -> String {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(descriptor) }
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: address.utf8) }
        let isAbstract = address.hasPrefix("@")
        if isAbstract { name.sun_path.0 = 0 }
        let length = socklen_t(2 + address.utf8.count + (isAbstract ? 0 : 1))
        let bound = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        try #require(bound == 0)
        send(ServiceNotifier(environment: ["NOTIFY_SOCKET": address, "WATCHDOG_USEC": "3000000"]))
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    @Test("Messages go to a path and to an abstract name", arguments: ["/tmp/mvp-notify-", "@mvp-notify-"])
    func messages(prefix: String) throws {
        let address = prefix + UUID().uuidString
        defer { unlink(address) }
        #expect(try received(at: address + "1") { $0.ready("Serving.") } == "READY=1\nSTATUS=Serving.")
        #expect(try received(at: address + "2") { $0.stopping() }.hasPrefix("STOPPING=1\n"))
        #expect(try received(at: address + "3") { $0.reloading() }.hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
        #expect(try received(at: address + "4") { $0.alive("Well.") } == "WATCHDOG=1\nSTATUS=Well.")
        for number in 1...4 { unlink(address + "\(number)") }
    }

    @Test(
        "Watched only where the manager says so, of this process",
        arguments: [
            (["WATCHDOG_USEC": "3000000"], Duration.milliseconds(1500)),
            (["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "4242"], .milliseconds(1500)),
            (["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"], nil), (["WATCHDOG_USEC": "0"], nil), ([:], nil),
            (["WATCHDOG_USEC": "soon"], nil),
        ] as [([String: String], Duration?)])
    func watchdog(environment: [String: String], interval: Duration?) {
        let environment = environment.merging(["NOTIFY_SOCKET": "/nonexistent"]) { $1 }
        #expect(ServiceNotifier(environment: environment, process: 4242).watchdogInterval == interval)
    }

    @Test("Without a manager nobody is told", arguments: ["", "relative", "vsock:2:1234"])
    func nobody(address: String) {
        let notifier = ServiceNotifier(environment: ["NOTIFY_SOCKET": address, "WATCHDOG_USEC": "1000"])
        notifier.ready("Serving.")
        #expect(notifier.watchdogInterval == nil)
    }
}

@Suite("Journal")
struct JournalStreamTests {
    @Test("Standard error is the journal's when device and inode say so")
    func stream() {
        var status = stat()
        fstat(STDERR_FILENO, &status)
        #expect(JournalStream.isStandardError("\(status.st_dev):\(status.st_ino)"))
        #expect(!JournalStream.isStandardError("\(status.st_dev):\(status.st_ino + 1)"))
        for text in [nil, "", "1", "a:b", "1:2:3"] { #expect(!JournalStream.isStandardError(text)) }
    }
}
