import Foundation
import MVPAuth
import StrictJSON
import Testing

@testable import EmailDelivery
@testable import EmailTemplates

/// What Python's email package makes of a message.
func parsed(_ message: [UInt8]) throws -> JSON {
    let process = Process()
    let (input, output) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: Helper.python)
    process.arguments = ["-B", Helper.path("message.py")]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data(message))
    try input.fileHandleForWriting.close()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    var scanner = JSONScanner()
    return try JSON(try scanner.scan(Array(text)))
}

@Suite("Messages")
struct MessageTests {
    private let now = Timestamp("2026-03-01T12:00:00Z")!
    private static let names = [
        "Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
    ]

    private func composer(from: String = "Shop <no-reply@shop.example>", app: String? = nil) throws -> MailComposer {
        MailComposer(from: try #require(Mailbox(from)), appName: app)
    }

    @Test("every built-in message is one that others read without a complaint", arguments: BuiltInTemplates.events)
    func builtIn(event: String) throws {
        let email = email(event: event)
        let message = try composer().message(for: email, now: now)
        let read = try parsed(message.bytes)
        #expect(read["defects"] == [] && read["bare"] == 0 && read["ascii"]?.isTrue == true)
        #expect((read["longest"]?.int ?? 999) <= 77)
        #expect(read["names"]?.elements.map(\.string) == Self.names)
        #expect(read["type"] == "multipart/alternative" && read["time"]?.int == Int(now.seconds))
        #expect(read["headers"]?["message-id"]?.string == "<\(email.id)@shop.example>")
        let parts = try #require(read["parts"]?.elements)
        #expect(parts.map { $0["type"] } == ["text/plain", "text/html"])
        #expect(parts[1]["text"]?.string?.contains("prefers-color-scheme: dark") == true)
        let hasLink = event.hasSuffix("_email") && event != "test_email"
        for part in parts {
            #expect(part["text"]?.string?.contains("ada@example.org") == true)
            #expect(part["text"]?.string?.contains(token) == hasLink)
        }
        // In HTML the & of the link is written as it must be.
        if hasLink { #expect(parts[1]["text"]?.string?.contains("\(token)&amp;x=1\"") == true) }
    }

    @Test(
        "whatever the service is called, it is a part of the subject and begins nothing else",
        arguments: [
            "Shop\r\nBcc: eve@example.org", "Shop\nBcc: eve@example.org", "Shop\rBcc: eve@example.org",
            "Shop\r\n\r\nHello", "Shop\u{2028}Bcc: x@y.example", "=?utf-8?Q?Bcc:_eve?=", "Sh\u{0}op",
            "Shop <b>& \"co\"",
            String(repeating: "Ein sehr langer Name äöü ", count: 30), "  Shop  ", "店", "👩‍👩‍👧‍👦 family",
            "a\u{85}Bcc: x@y.example", String(repeating: "x", count: 2000),
        ])
    func injection(app: String) throws {
        let message = try composer(app: app).message(for: email(), now: now)
        let read = try parsed(message.bytes)
        #expect(read["names"]?.elements.map(\.string) == Self.names, "\(read)")
        #expect(read["defects"] == [] && read["bare"] == 0)
        #expect(read["to"]?.elements.count == 1)
        #expect((read["longest"]?.int ?? 9999) <= 998)
        // As a person would write it on one line.
        let line = String(
            String.UnicodeScalarView(
                app.unicodeScalars.map { [0, 0x85, 0x2028].contains($0.value) || $0.value < 0x20 ? " " : $0 })
        ).trimmingCharacters(in: [" "])
        #expect(read["headers"]?["subject"]?.string == "Confirm your email address for \(line)")
        #expect(read["parts"]?[0]?["text"]?.string?.contains(token) == true)
        let html = try #require(read["parts"]?[1]?["text"]?.string)
        #expect(!html.contains("<b>& \"co\""))
    }

    @Test(
        "the sender's name is a name",
        arguments: [
            ("Shop <a@shop.example>", "Shop"), ("\"Shop, Inc.\" <a@shop.example>", "Shop, Inc."),
            ("Shop (the best) <a@shop.example>", "Shop (the best)"), ("Bücher & Co: <a@shop.example>", "Bücher & Co:"),
            ("a@shop.example", ""), ("<a@shop.example>", ""), ("店 <a@shop.example>", "店"),
            ("a@b.example <a@shop.example>", "a@b.example"),
        ])
    func sender(from: String, name: String) throws {
        let read = try parsed(try composer(from: from).message(for: email(), now: now).bytes)
        #expect(read["from"] == [[.string(name), "a@shop.example"]] && read["defects"] == [])
        #expect(read["names"]?.elements.map(\.string) == Self.names)
    }

    @Test(
        "and nothing else",
        arguments: [
            "Shop\r\nBcc: eve@x.example <a@shop.example>", "Shop <a@shop.example", "Shop a@shop.example>",
            "Shop <a@shop.example> <b@shop.example>", "\"Shop\\\" <a@shop.example>", "Shop <>", "",
        ])
    func noSender(from: String) {
        #expect(Mailbox(from) == nil)
    }

    @Test("texts of every kind arrive as they were written")
    func quotedPrintable() throws {
        let lines = [
            "", ".", "..", "From here", "trailing space ", "tab\t", "=3D", "a=b", String(repeating: "x", count: 300),
            String(repeating: "ä", count: 200), String(repeating: " ", count: 100), "--=_x", "👩‍👩‍👧‍👦", "a\rb",
            String(repeating: "y", count: 76), String(repeating: "y", count: 75) + "=",
        ]
        for count in 0..<40 {
            let text = (0..<count).map { _ in lines.randomElement()! }.joined(separator: "\n")
            var message = try composer().message(for: email(), now: now)
            message.html = nil
            let mail = MailMessage(
                id: message.id, from: message.from, to: message.to, subject: "s", text: text, html: nil, date: now)
            let read = try parsed(mail.bytes)
            let written = text.replacing("\r", with: "\u{1}").replacing("\n", with: "\r\n").replacing(
                "\u{1}", with: "\r")
            let got = read["parts"]?[0]?["text"]?.string ?? ""
            let whole = written.hasSuffix("\r\n") ? written : written + "\r\n"
            #expect(Array(got.utf8) == Array(whole.utf8))
            #expect((read["longest"]?.int ?? 999) <= 78 && read["type"] == "text/plain")
        }
    }

    @Test("dates are what Python reads", arguments: [0, 951_782_400, 1_772_366_400, 4_102_444_799, 1_709_164_801])
    func dates(seconds: Int64) throws {
        let message = try composer().message(for: email(), now: Timestamp(seconds: seconds))
        let read = try parsed(message.bytes)
        #expect(read["time"]?.int == Int(seconds))
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss +0000"
        let date = Date(timeIntervalSince1970: Double(seconds))
        #expect(MailDate.text(of: Timestamp(seconds: seconds)) == formatter.string(from: date))
    }

    @Test("an answer goes where the operator says")
    func replyTo() throws {
        var composer = try composer()
        composer.replyTo = Mailbox("Help <help@shop.example>")
        #expect(try parsed(try composer.message(for: email(), now: now).bytes)["reply_to"] == ["help@shop.example"])
    }

    @Test("an event that there are no words for waits for somebody who has them")
    func unknownEvent() throws {
        let composer = try composer()
        #expect(throws: MailComposer.Refusal.self) { try composer.message(for: email(event: "invoice"), now: now) }
    }

    @Test("an id goes into headers, and is nothing but letters, digits and three signs")
    func ids() {
        for id in ["", "a b", "a\r\nb", "ä", "a>b", String(repeating: "x", count: 129)] {
            let email = OutgoingEmail(
                id: id, attempt: 1, event: "e", address: "a@b.example", createdAt: now, expiresAt: now)
            #expect(email == nil, "\(id)")
        }
    }

    @Test(
        "durations in words",
        arguments: [
            (86_400, "en", "24 hours"), (86_390, "en", "24 hours"), (900, "en", "15 minutes"), (3600, "en", "1 hour"),
            (3590, "en", "1 hour"), (5400, "en", "90 minutes"), (172_800, "en", "2 days"), (172_700, "en", "2 days"),
            (169_200, "en", "47 hours"),
            (20, "en", "1 minute"), (-5, "en", "1 minute"), (3600, "de", "1 Stunde"), (604_800, "fr", "7 jours"),
            (604_800, "pt-BR", "7 dias"), (3600, "xx", "1 hour"),
        ])
    func durations(seconds: Int64, language: String, text: String) {
        #expect(DurationWords.text(seconds: seconds, language: language) == text)
    }
}
