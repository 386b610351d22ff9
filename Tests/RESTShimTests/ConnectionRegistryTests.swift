import NIOCore
import NIOEmbedded
import Testing

@testable import RESTShim

@Suite("Room for connections")
struct ConnectionRegistryTests {
    private func registry(_ connections: Int, each: Int, bytes: Int = 1000) -> ConnectionRegistry {
        ConnectionRegistry(.init(connections: connections, connectionsOfAddress: each, bytes: bytes))
    }

    private func network(_ text: String) throws -> ClientNetwork { ClientNetwork(try #require(IPAddress(text))) }

    private func channel() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/x")).wait()
        return channel
    }

    @Test("An address that opens more than its share loses its own, the longest idle first")
    func ofAddress() throws {
        let registry = registry(100, each: 2)
        let (flood, other) = (try network("192.0.2.1"), try network("192.0.2.2"))
        let channels = try (0..<4).map { _ in try channel() }
        let first = try #require(registry.enter(channels[0], from: flood))
        _ = try #require(registry.enter(channels[1], from: other))
        _ = try #require(registry.enter(channels[2], from: flood))
        registry.work(first)
        registry.wait(first)
        _ = try #require(registry.enter(channels[3], from: flood))
        #expect(channels.map(\.isActive) == [true, true, false, true])
    }

    @Test("A request that is being answered makes no room")
    func busy() throws {
        let registry = registry(2, each: 1)
        let flood = try network("192.0.2.1")
        let (working, next) = (try channel(), try channel())
        registry.work(try #require(registry.enter(working, from: flood)))
        #expect(registry.enter(next, from: flood) == nil)
        #expect(working.isActive)
    }

    @Test("When all places are taken the longest idle goes, whoever it is")
    func total() throws {
        let registry = registry(2, each: 2)
        let channels = try (0..<3).map { _ in try channel() }
        for (channel, address) in zip(channels, ["192.0.2.1", "192.0.2.2", "192.0.2.3"]) {
            #expect(registry.enter(channel, from: try network(address)) != nil)
        }
        #expect(channels.map(\.isActive) == [false, true, true])
    }

    @Test("A /64 of IPv6 is one client, and so is an IPv4 address however it is written")
    func networks() throws {
        #expect(try network("2001:db8::1") == network("2001:db8::ffff:0:0:1"))
        #expect(try network("2001:db8::1") != network("2001:db8:0:1::1"))
        #expect(try network("::ffff:192.0.2.1") == network("192.0.2.1"))
        #expect(try network("192.0.2.1") != network("192.0.2.2"))
        #expect(try network("0.0.0.1") != network("::1"))
    }

    @Test("Unfinished requests share one budget: those that took it longest ago give it back")
    func budget() throws {
        let registry = registry(10, each: 10, bytes: 100)
        let channels = try (0..<3).map { _ in try channel() }
        let places = try channels.map { try #require(registry.enter($0, from: try network("192.0.2.1"))) }
        #expect(registry.hold(60, by: places[0]) && registry.hold(40, by: places[1]))
        #expect(registry.hold(60, by: places[2]))
        #expect(channels.map(\.isActive) == [false, true, true])
        #expect(!registry.hold(101, by: places[2]))
        for place in places { registry.leave(place) }
        let later = try channel()
        #expect(registry.hold(100, by: try #require(registry.enter(later, from: nil))))
    }

    @Test("Places are used again, and whoever made room is not counted twice")
    func leaving() throws {
        let registry = registry(2, each: 2)
        for _ in 0..<50 {
            let channels = try (0..<3).map { _ in try channel() }
            let places = try channels.map { try #require(registry.enter($0, from: try network("192.0.2.1"))) }
            #expect(channels.map(\.isActive) == [false, true, true])
            for place in places { registry.leave(place) }
        }
    }
}
