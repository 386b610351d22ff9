import AuthAPI
import MVPAuth
import Testing

@Suite("Texts with a bound")
struct BoundedTextTests {
    @Test(
        "The bound counts characters, not bytes",
        arguments: ["a", "é", "漢", "\u{1F600}"])
    func characters(_ character: String) {
        #expect(DeviceInfo(String(repeating: character, count: 512)) != nil)
        #expect(DeviceInfo(String(repeating: character, count: 513)) == nil)
        #expect(DeviceInfo(trimming: String(repeating: character, count: 600)).text.unicodeScalars.count == 512)
    }

    @Test("Marks count, however many make one character to the eye")
    func marks() {
        #expect(DeviceInfo("a" + String(repeating: "\u{301}", count: 511)) != nil)
        #expect(DeviceInfo("a" + String(repeating: "\u{301}", count: 512)) == nil)
    }

    @Test(
        "Controls are refused, and left out where a text is trimmed",
        arguments: [
            "\u{0}", "\n", "\r\n", "\u{1B}", "\u{7F}", "\u{85}", "\u{9B}", "\u{61C}", "\u{200E}", "\u{200F}",
            "\u{2028}",
            "\u{2029}", "\u{202A}", "\u{202E}", "\u{2066}", "\u{2069}",
        ])
    func controls(_ control: String) {
        #expect(DeviceInfo("Fire\(control)fox") == nil)
        #expect(DeviceInfo(trimming: "Fire\(control)fox").text == "Firefox")
    }

    @Test("What people call their devices is taken", arguments: ["Ada’s iPhone 📱", "טלפון", "电话", "a\u{200D}b", ""])
    func names(_ name: String) {
        #expect(DeviceInfo(name)?.text == name)
    }
}
