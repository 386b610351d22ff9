internal import MVPAuth

/// A message as RFC 5322 has it: a text, and the same as HTML where there is one.
struct MailMessage: Sendable {
    let id: String
    let from: Mailbox
    var replyTo: Mailbox?
    let to: MailAddress
    let subject: String
    let text: String
    var html: String?
    let date: Timestamp

    /// The lines end with CRLF.
    var bytes: [UInt8] {
        var fields = [
            HeaderField("Date", MailDate.text(of: date)),
            HeaderField("From", from),
            HeaderField("To", to.text),
            HeaderField("Subject", text: subject),
            // The same for every attempt: whoever gets a message twice can tell.
            HeaderField("Message-ID", "<\(id)@\(from.address.domain)>"),
            // No machine answers it (RFC 3834 §5).
            HeaderField("Auto-Submitted", "auto-generated"),
            HeaderField("MIME-Version", "1.0"),
        ]
        if let replyTo { fields.append(HeaderField("Reply-To", replyTo)) }
        guard let html else {
            return Self.entity(fields, "text/plain", text)
        }
        // No line of quoted-printable has these two signs (RFC 2045 §6.7), so that it cannot stand in a part.
        let boundary = "=_" + id.prefix(60)
        fields.append(HeaderField("Content-Type", "multipart/alternative", parameter: "boundary=\"\(boundary)\""))
        var bytes = Self.lines(fields)
        for (type, content) in [("text/plain", text), ("text/html", html)] {
            bytes += "\r\n--\(boundary)\r\n".utf8
            bytes += Self.entity([], type, content)
        }
        bytes += "\r\n--\(boundary)--\r\n".utf8
        return bytes
    }

    private static func entity(_ fields: [HeaderField], _ type: String, _ content: String) -> [UInt8] {
        lines(
            fields + [
                HeaderField("Content-Type", type + "; charset=utf-8"),
                HeaderField("Content-Transfer-Encoding", "quoted-printable"),
            ]) + Array("\r\n".utf8) + Array(QuotedPrintable.encode(content).utf8)
    }

    private static func lines(_ fields: [HeaderField]) -> [UInt8] {
        fields.flatMap { Array(($0.line + "\r\n").utf8) }
    }
}

/// A time as messages have it: `Sun, 01 Mar 2026 12:00:00 +0000` (RFC 5322 §3.3).
enum MailDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    static func text(of time: Timestamp) -> String {
        // `2026-03-01T12:00:00Z`, and days since a Thursday.
        let text = time.description
        let digits = text.utf8.prefix(19).split { !(0x30...0x39).contains($0) }.map { String(Substring($0)) }
        let day = ((time.seconds - (time.seconds % 86_400 + 86_400) % 86_400) / 86_400 % 7 + 7) % 7
        let month = months[(Int(digits[1]) ?? 1) - 1]
        return "\(days[Int(day)]), \(digits[2]) \(month) \(digits[0]) \(digits[3]):\(digits[4]):\(digits[5]) +0000"
    }
}
