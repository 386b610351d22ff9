import Testing

@testable import RESTShim

@Suite("Persons and programs")
struct PersonCheckTests {
    private let check = PersonCheck(token: "eyJ.eyJ.sig")
    private let shown: Int64 = 1_790_000_000_123

    private func judge(_ digits: String?, after wait: Int64, shown: String? = nil) -> PersonCheck.Verdict {
        check.judge(shown: shown ?? "\(self.shown)", digits: digits, now: self.shown + wait)
    }

    @Test("The digits of the page are taken from two seconds to an hour after it was made")
    func age() {
        let digits = check.digits(of: shown)
        for (wait, verdict) in [
            (0, .wrong), (1000, .wrong), (1999, .wrong), (2000, .person), (60_000, .person), (3_600_000, .person),
            (3_600_001, .wrong), (-1, .wrong), (-5000, .wrong),
        ] as [(Int64, PersonCheck.Verdict)] {
            #expect(judge(digits, after: wait) == verdict, "\(wait)")
        }
    }

    @Test("Without digits they are asked for; with others nothing is done")
    func digits() throws {
        let digits = check.digits(of: shown)
        #expect(judge(nil, after: 5000) == .unasked && judge("", after: 5000) == .unasked)
        #expect(judge(" \(digits.prefix(2)) \(digits.suffix(2)) ", after: 5000) == .person)
        let other = try #require(Int(digits)) + 1
        for wrong in ["\(other)", "0", "x", "\(digits)0", "+\(digits)", "１２３４", "-", "on", "test@example.org"] {
            #expect(judge(wrong, after: 5000) == .wrong, "\(wrong)")
        }
        for wrong in ["", "-1", "+1790000000123", "1790000000123.0", "99999999999999999999", "x", " \(shown)"] {
            #expect(judge(digits, after: 5000, shown: wrong) == .wrong, "\(wrong)")
        }
        #expect(check.judge(shown: nil, digits: digits, now: shown + 5000) == .wrong)
    }

    @Test("The digits of one page are none of another moment or another token, and are spread")
    func bound() {
        let moments = (0..<2000).map { check.digits(of: shown + $0) }
        #expect(moments.allSatisfy { $0.utf8.count == 4 && $0.utf8.allSatisfy(\.isDigit) })
        #expect(Set(moments).count > 1500)
        let tokens = (0..<2000).map { PersonCheck(token: "eyJ.eyJ.\($0)").digits(of: shown) }
        #expect(Set(tokens).count > 1500)
        for liked in ["1111", "1234", "4321", "9876", "1999", "2026"] {
            #expect(!moments.contains(liked) && !tokens.contains(liked))
        }
    }
}
