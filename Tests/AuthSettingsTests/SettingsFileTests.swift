import Foundation
import Testing

@testable import AuthSettings

/// Lines of `NAME=value`, as systemd's EnvironmentFile= has them.
@Suite("Settings file")
struct SettingsFileTests {
    private func read(_ text: String) -> SettingsFile { SettingsFile(path: "f", bytes: Array(text.utf8)) }

    @Test(
        "A value is what systemd takes it for",
        arguments: [
            ("A=x", "x"), ("A = x ", "x"), ("  A=x", "x"), ("A=", ""), ("A=\"\"", ""), ("A=x y\t", "x y"),
            ("A='x y '", "x y "), ("A=\"x y \" ", "x y "), ("A='x''y'", "xy"), ("A='x' \"y\"", "xy"), ("A='x'y", "xy"),
            ("A=x'y'", "x'y'"), ("A=it's", "it's"), ("A='a\\nb'", "a\\nb"), ("A=\"a\\nb\"", "a\\nb"),
            ("A=\"a\\\"b\"", "a\"b"), ("A=\"a\\\\b\"", "a\\b"), ("A=\"a\\$b\\`\"", "a$b`"), ("A=a\\b", "ab"),
            ("A=a\\ ", "a "), ("A=a\\\nb", "ab"), ("A=a \\\n  b", "a   b"), ("A=\"a\\\nb\"", "ab"),
            ("A=\"a\nb\"", "a\nb"),
            ("A=x # y", "x # y"), ("A=#", "#"), ("A==", "="), ("A=\u{F6}\u{301}", "\u{F6}\u{301}"),
            ("A=x\\\r\ny", "xy"),
        ])
    func values(text: String, value: String) {
        for line in [text, text + "\n", "# c\n; d\n\n" + text + "\n#", "\u{FEFF}" + text + "\r\n"] {
            let file = read(line)
            #expect(file.faults.isEmpty && file.entries.map(\.name) == ["A"], "\(line)")
            #expect(file.entries.first.map { Array($0.value.utf8) } == Array(value.utf8), "\(line)")
        }
    }

    @Test("Every line counts, whatever ends it", arguments: ["\n", "\r\n", "\n\n", "\r\n \r\n"])
    func lineEnds(end: String) {
        let file = read(["A=1", "B='2'", "C=\"3\"", "D=4"].joined(separator: end))
        #expect(file.faults.isEmpty && file.entries.map { $0.name + $0.value } == ["A1", "B2", "C3", "D4"])
    }

    @Test(
        "What is no setting is a sentence with its line",
        arguments: [
            ("A=1\nexport B=2\n", 2, "belongs to a shell"), ("[Service]\nA=1", 1, "head of a section"),
            ("A=1\n\nnonsense\n", 3, "not of the form NAME=value"), ("=x", 1, "not of the form"),
            ("A B=x", 1, "not of the form"), ("1A=x", 1, "not of the form"), ("A-B=x", 1, "not of the form"),
            ("\u{C4}=x", 1, "not of the form"), ("A=1\nB=\"x\nC=3\n", 2, "quote \" is not closed"),
            ("A='x", 1, "quote ' is not closed"), ("A=\"x\\", 1, "quote \" is not closed"),
            ("A=x\\", 1, "ends after a backslash"), ("A=1\nA=1\n", 2, "A is set already in line 1"),
            ("A=\"x\nAUTH_ISSUER=\"y\"", 1, "takes in another setting"),
            ("A=x\\\nAUTH_STRICT=true", 1, "takes in another setting"),
            ("# c \\\nA=1", 1, "comment ends with a backslash"), ("A=1\rB=2", 1, "carriage return"),
            ("A=1\nB=\u{0}2", 2, "NUL"), ("A=1\nB=\u{1B}[2", 2, "control character"),
        ])
    func faults(text: String, line: Int, sentence: String) {
        let file = read(text)
        #expect(file.faults.count == 1)
        #expect(file.faults.first?.hasPrefix("f, line \(line): ") == true, "\(file.faults)")
        #expect(file.faults.first?.contains(sentence) == true, "\(file.faults)")
    }

    @Test("Bytes that are no UTF-8 are a sentence", arguments: [[0xFF], [0xC3], [0xC3, 0x28], [0xED, 0xA0, 0x80]])
    func encoding(bytes: [UInt8]) {
        for text in [Array("A=1\nB=".utf8) + bytes, Array("A=1\n#".utf8) + bytes + [0x0A]] {
            #expect(SettingsFile(path: "f", bytes: text).faults == ["f, line 2: The line is not UTF-8."])
        }
        #expect(SettingsFile(path: "f", bytes: [0xFF, 0xFE, 0x41, 0]).faults.first?.contains("UTF-16") == true)
    }

    @Test(
        "A secret file loses one line end, and cannot hold more than a line",
        arguments: [
            ("k", "k"), ("k\n", "k"), ("k\r\n", "k"), ("k\r", "k"), ("", ""), ("k ", "k "),
            ("-----BEGIN X\na\n-----END X\n", "-----BEGIN X\na\n-----END X"), ("k\n\n", nil), ("k\nl", nil),
            ("\nk", nil),
            ("k\r\r", nil), ("k\u{0}", nil), ("k\u{1B}", nil), ("\u{FEFF}k", nil),
        ])
    func secrets(text: String, value: String?) {
        let found = try? SecretFile.value(of: Array(text.utf8))
        #expect(found.map { Array($0.utf8) } == value.map { Array($0.utf8) })
    }
}
