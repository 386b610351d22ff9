import Testing

@testable import MVPAuth

@Suite("Where an attempt comes from")
struct NetworkSourceTests {
    @Test(
        "one network however it is written",
        arguments: [
            ("192.0.2.1", "::ffff:192.0.2.1"), ("::ffff:c000:201", "192.0.2.1"),
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff::"), ("2001:0DB8:0001:0002:0:0:0:9", "2001:db8:1:2::"),
            ("fe80::1%eth0", "fe80::2"), ("::1", "::2"), ("::", "::1"), ("1:2:3:4:5:6:7::", "1:2:3:4::"),
            ("::2:3:4:5:6:7:8", "0:2:3:4::"), ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4::"), ("ABCD:ef01::", "abcd:EF01::"),
            ("::ffff:255.0.0.255", "255.0.0.255"), ("0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1"),
        ])
    func same(_ left: String, _ right: String) throws {
        #expect(try #require(NetworkSource(left)) == #require(NetworkSource(right)))
    }

    @Test(
        "different networks",
        arguments: [
            ("192.0.2.1", "192.0.2.2"), ("2001:db8:1:2::1", "2001:db8:1:3::1"), ("0.0.0.1", "::1"),
            ("0.0.0.0", "::"), ("::fffe:192.0.2.1", "192.0.2.1"), ("1::ffff:192.0.2.1", "192.0.2.1"),
            ("1:2:3:4::", "1:2:3:5::"), ("1::", "2::"), ("0:0:1::", "0:0:2::"),
        ])
    func different(_ left: String, _ right: String) throws {
        #expect(try #require(NetworkSource(left)) != #require(NetworkSource(right)))
    }

    @Test("a text of more than 45 bytes is none, whatever it begins with")
    func longest() {
        let address = "fe80:1:2:3:4:5:6:7%"
        #expect(NetworkSource(address + String(repeating: "e", count: 45 - address.utf8.count)) != nil)
        #expect(NetworkSource(address + String(repeating: "e", count: 46 - address.utf8.count)) == nil)
        #expect(NetworkSource("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255") != nil)
    }

    @Test("a site is 48 bits of IPv6")
    func site() throws {
        #expect(try #require(NetworkSource("2001:db8:1:2::1")).site == NetworkSource("2001:db8:1:ffff::")?.site)
        #expect(try #require(NetworkSource("2001:db8:1:2::1")).site != NetworkSource("2001:db8:2:2::")?.site)
        #expect(try #require(NetworkSource("192.0.2.1")).site == nil)
    }

    @Test(
        "anything else is none",
        arguments: [
            "", ":", ":::", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "1.2.3.+4", "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "1::2::3", "12345::", "g::", "1:2:3:4:5:6:7::8", "::1.2.3", "1.2.3.4::", "unix:", "localhost", "+1::",
            "-0::", "::-0",
            "::1.2.3.04", "1:2:3:4:5:6:7:8:", "1:2:3:4:5:6:7:1.2.3.4", "::12345", "1", "1.2.3.1234", "..", "1.2..4",
            "1.2.3.a", "1.2..3.4", ".1.2.3.4", "1.2.3.4.",
        ])
    func malformed(_ text: String) {
        #expect(NetworkSource(text) == nil)
    }
}
