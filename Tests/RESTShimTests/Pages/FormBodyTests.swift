import Testing

@testable import RESTShim

@Suite("Forms")
struct FormBodyTests {
    @Test("A form is read as browsers write it")
    func reads() throws {
        let form = try #require(
            FormBody(Array("token=a.b.c&new_password=gr%C3%BCn+%26%3D%25%2b&empty=&x%5B%5D=1&tail=%0D%0A".utf8)))
        #expect(form["token"] == "a.b.c" && form["new_password"] == "grün &=%+" && form["empty"] == "")
        #expect(form["x[]"] == "1" && form["tail"] == "\r\n" && form["other"] == nil)
        let empty = try #require(FormBody([]))
        #expect(empty["token"] == nil)
    }

    @Test(
        "What no browser writes is no form",
        arguments: [
            "token", "=x", "a=b&", "&a=b", "a=b&&c=d", "a=b=c", "a=%", "a=%4", "a=%4g", "a=%FF", "a=%00", "a%00=b",
            "a=b&a=c", "a=b&%61=c", "a=\u{FC}", "a=b c", "a=b\r\n", "a=\u{7F}",
            (0..<17).map { "a\($0)=" }.joined(separator: "&"), "{\"token\":\"x\"}", "a=%ED%A0%80",
        ])
    func refuses(body: String) {
        #expect(FormBody(Array(body.utf8)) == nil)
    }
}
