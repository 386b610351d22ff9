/// Tells a person from a program that follows the links of emails.
///
/// Mail scanners and previewers open every link, and some submit what forms they find, so that a token that one GET or
/// one POST consumes is used up before its owner sees the message. None of them is an adversary: whoever holds the token
/// can use it at the REST route. So nothing here is secret or signed, which also lets every shim of several, and one that
/// was started again, judge a page of any other. What a POST must have besides the token is what programs do not do:
///
/// * It has four digits that the page says in words, and that are in no field and no link. They follow from the token and
///   the moment at which the page was made, so that digits of one page are of no use on another, and another page has
///   others: trying gets nobody on. A program that fills fields with what it likes has one chance in ten thousand; the
///   fillings that are liked most are never asked for.
/// * It comes two seconds after the page was made, and at most an hour. Scanners are not patient.
///
/// With a script the page puts the digits in by itself, once the browser vouches that somebody has pressed or tapped
/// something (`isTrusted`), which what scripts press is not. A scanner that drives a whole browser and clicks as a person
/// would, and waits, cannot be told from one.
struct PersonCheck {
    enum Verdict: Equatable {
        case person
        /// There were no digits: the page is to ask for them.
        case unasked
        /// Not these, or too soon, or too late.
        case wrong
    }

    /// In milliseconds; `link.js` waits as long.
    static let youngest: Int64 = 2000
    static let oldest: Int64 = 3_600_000

    let token: String

    /// - Parameter shown: when the page was made, in milliseconds since 1970.
    func digits(of shown: Int64) -> String {
        // FNV-1a, then the finalizer of MurmurHash3: it need only spread.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in "\(shown) \(token)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        while true {
            hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
            hash ^= hash >> 33
            let digits = String(hash % 9000 + 1000)
            if !Self.isLiked(Array(digits.utf8)) { return digits }
            hash &+= 1
        }
    }

    func judge(shown: String?, digits: String?, now: Int64) -> Verdict {
        guard let digits, !digits.isEmpty else { return .unasked }
        guard let shown, shown.utf8.allSatisfy(\.isDigit), let shown = Int64(shown), shown <= now,
            (Self.youngest...Self.oldest).contains(now - shown)
        else { return .wrong }
        // As people type: with spaces around or between.
        let typed = digits.utf8.filter { $0 != 0x20 }
        return typed.elementsEqual(self.digits(of: shown).utf8) ? .person : .wrong
    }

    /// What fields are filled with for want of anything better: 1111, 1234, 4321, and years.
    private static func isLiked(_ digits: [UInt8]) -> Bool {
        let steps = Set(zip(digits, digits.dropFirst()).map { Int($1) - Int($0) })
        let isRow = steps.count == 1 && (-1...1).contains(steps.first ?? 9)
        return isRow || [Array("19".utf8), Array("20".utf8)].contains(Array(digits.prefix(2)))
    }
}
